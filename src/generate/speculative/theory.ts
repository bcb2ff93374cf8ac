/** What speculative decoding can give: formulas of Leviathan, Kalman and Matias 2023, and rates measured from rounds. */

/** What a round tells of acceptance; `SpeculativeRound` has it. */
export interface RoundCounts {
  readonly drafted: readonly number[];
  readonly accepted: number;
}

/**
 * The chance that a token drafted from q is kept by a target p: sum_x min(p(x), q(x)) = 1 - TV(p, q), where
 * TV = 1/2 sum_x |p(x) - q(x)| is the total variation distance (theorem 3.5 and corollary 3.6).
 */
export function overlap(p: ArrayLike<number>, q: ArrayLike<number>): number {
  if (p.length !== q.length) throw new RangeError(`Distributions over ${p.length} and ${q.length} tokens.`);
  let sum = 0;
  for (let id = 0; id < p.length; id++) sum += Math.min(p[id] as number, q[id] as number);
  return sum;
}

/**
 * Tokens that a round writes on average, where each drafted token is kept with chance a, whatever came before:
 * (1 - a^(g+1)) / (1 - a), which is 1 + a + .. + a^g (equation 1).
 *
 * @param a from 0 to 1
 * @param gamma drafted tokens a round
 */
export function expectedPerRound(a: number, gamma: number): number {
  checkRate(a);
  checkGamma(gamma);
  // The sum, not the fraction: that divides 0 by 0 at a = 1, and little by little near it.
  let tokens = 1;
  for (let i = 0; i < gamma; i++) tokens = 1 + a * tokens;
  return tokens;
}

/**
 * Kept share of all drafted tokens, accepted / drafted: (a + .. + a^g) / g. It is below a, and falls with gamma, since
 * all tokens after a refusal are lost without being looked at.
 *
 * @param gamma 1 or more
 */
export function shareOfDrafted(a: number, gamma: number): number {
  if (gamma === 0) throw new RangeError("shareOfDrafted: nothing is drafted with gamma 0.");
  return (expectedPerRound(a, gamma) - 1) / gamma;
}

/**
 * How many times faster than the target alone: (1 - a^(g+1)) / ((1 - a) (g c + 1)) (theorem 3.8).
 *
 * @param c time of one draft token, in calls of the target for one token
 * @param verify time of the target's call for g + 1 tokens, in the same unit. The paper takes 1: a call is bound by
 *   reading the weights, however few tokens it is for. Where arithmetic is scarce, as on two cores, it is more
 */
export function speculativeSpeedup(a: number, gamma: number, c: number, verify = 1): number {
  if (!(c >= 0 && c < Infinity)) throw new RangeError(`The cost ratio c is a number from 0 on, got ${c}.`);
  if (!(verify > 0)) throw new RangeError(`The cost of a verification is a number above 0, got ${verify}.`);
  return expectedPerRound(a, gamma) / (gamma * c + verify);
}

/**
 * The gamma that is fastest (section 3.5), 0 where drafting does not pay: it pays for some gamma just where a > c, and
 * then gives at least (1 + a) / (1 + c) (corollary 3.9).
 *
 * @param most the largest to try: with a free draft more is always better
 */
export function bestGamma(a: number, c: number, most = 16): { gamma: number; speedup: number } {
  checkGamma(most);
  let best = { gamma: 0, speedup: 1 };
  for (let gamma = 1; gamma <= most; gamma++) {
    const speedup = speculativeSpeedup(a, gamma, c);
    if (speedup > best.speedup) best = { gamma, speedup };
  }
  return best;
}

/** Rates of acceptance, measured. NaN where nothing was drafted. */
export interface AcceptanceRates {
  /**
   * Leviathan's a: kept tokens of those that were looked at, up to and including the first refusal of a round. It is
   * the a of `expectedPerRound`.
   */
  readonly perToken: number;
  /**
   * Kept tokens of all that were drafted: what many programs print. Of one and the same model it is lower, and lower
   * the more is drafted: compare it at one gamma only. `shareOfDrafted` leads from the one to the other.
   */
  readonly ofDrafted: number;
  /** Tokens a round: the kept ones and the target's own. An end token or a last, short round may cut what is written. */
  readonly tokensPerRound: number;
}

/** Both definitions of the acceptance rate. Leave out rounds cut short to compare with formulas of a fixed gamma. */
export function acceptanceRates(rounds: readonly RoundCounts[]): AcceptanceRates {
  let [accepted, drafted, examined] = [0, 0, 0];
  for (const round of rounds) {
    accepted += round.accepted;
    drafted += round.drafted.length;
    examined += Math.min(round.accepted + 1, round.drafted.length);
  }
  return {
    perToken: accepted / examined,
    ofDrafted: accepted / drafted,
    tokensPerRound: (accepted + rounds.length) / rounds.length,
  };
}

function checkRate(a: number): void {
  if (!(a >= 0 && a <= 1)) throw new RangeError(`An acceptance rate is from 0 to 1, got ${a}.`);
}

function checkGamma(gamma: number): void {
  if (!Number.isInteger(gamma) || gamma < 0)
    throw new RangeError(`gamma is how many tokens are drafted, 0 or more: got ${gamma}.`);
}
