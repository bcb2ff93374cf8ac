import { fork } from "../../engine";
import type { Decoder } from "../../models";
import type { Drafter } from "./draft";
import { speculate } from "./speculate";
import type { SpeculateOptions, SpeculativeRound } from "./speculate";
import { acceptanceRates, expectedPerRound } from "./theory";
import type { AcceptanceRates } from "./theory";

/** As `speculate` has them. */
export interface MeasureOptions extends Omit<SpeculateOptions, "gamma" | "interrupt"> {
  readonly gamma: number;
}

/** One drafter at one gamma beside the same target without it. */
export interface SpeculationMeasure extends AcceptanceRates {
  readonly gamma: number;
  /** Share of the rounds that had a draft: 1 with a model, less with prompt lookup, which often finds nothing. */
  readonly drafting: number;
  /** By the formula from the measured `perToken`; `tokensPerRound` is the measured number. */
  readonly expectedPerRound: number;
  /** Tokens a second, without the prompts' time. */
  readonly plain: number;
  readonly speculative: number;
  /** speculative / plain: below 1 where drafting does not pay. */
  readonly speedup: number;
  /** Time of a drafted token in plain calls of the target. */
  readonly c: number;
  /** Time of a round's check, its acceptance included, in plain calls of the target. */
  readonly verify: number;
  /**
   * Theorem 3.8 with a and c as measured: what it would be if a check cost no more than one token. Rounds without a
   * draft count as the one token that they write, in one plain call.
   */
  readonly expectedSpeedup: number;
  /** The same with the measured cost of a check: why the speed-up is what it is. */
  readonly expectedSpeedupHere: number;
}

/**
 * Writes on from each prompt twice, without and with drafts in turn, so that a busy machine disturbs both alike. Two
 * answers before, which are not counted, compile what is to be compiled.
 *
 * Rates and costs are of the rounds that drafted all gamma tokens, which the formulas speak of. The last rounds of an
 * answer, which have no room for that, count in the tokens a second only. NaN where no round had a draft.
 */
export async function measureSpeculation(
  target: Decoder,
  drafter: Drafter,
  prompts: readonly (readonly number[])[],
  options: MeasureOptions,
): Promise<SpeculationMeasure> {
  const { gamma, rng } = options;
  const write = async (
    prompt: readonly number[],
    drafts: number,
    name: string,
  ): Promise<SpeculativeRound[]> => {
    const rounds: SpeculativeRound[] = [];
    const own = { ...options, gamma: drafts, rng: rng && fork(rng, name) };
    for await (const round of speculate(target, drafter, prompt, own)) rounds.push(round);
    return rounds;
  };
  const plain: SpeculativeRound[] = [];
  const speculative: SpeculativeRound[] = [];
  for (const drafts of [0, gamma]) await write(prompts[0] as readonly number[], drafts, "warm-up");
  for (const [i, prompt] of prompts.entries()) {
    plain.push(...(await write(prompt, 0, `plain ${i}`)));
    speculative.push(...(await write(prompt, gamma, `speculative ${i}`)));
  }

  const roomy = speculative.filter(
    ({ ids, totals }) => totals.tokens - ids.length + gamma < options.maxNewTokens,
  );
  const full = roomy.filter(({ drafted }) => drafted.length === gamma);
  const rates = acceptanceRates(full);
  const call = mean(plain.map(({ seconds }) => seconds.target));
  const c = mean(full.map(({ seconds }) => seconds.draft)) / gamma / call;
  const verify = mean(full.map(({ seconds }) => seconds.target)) / call;
  const drafting = full.length / roomy.length;
  const perRound = full.length > 0 ? expectedPerRound(rates.perToken, gamma) : NaN;
  const speedupBy = (check: number): number =>
    drafting > 0 ? (1 - drafting + drafting * perRound) / (1 - drafting + drafting * (gamma * c + check)) : 1;
  const [slow, fast] = [tokensPerSecond(plain), tokensPerSecond(speculative)];
  return {
    gamma,
    ...rates,
    drafting,
    expectedPerRound: perRound,
    plain: slow,
    speculative: fast,
    speedup: fast / slow,
    c,
    verify,
    expectedSpeedup: speedupBy(1),
    expectedSpeedupHere: speedupBy(verify),
  };
}

function tokensPerSecond(rounds: readonly SpeculativeRound[]): number {
  const tokens = rounds.reduce((sum, { ids }) => sum + ids.length, 0);
  return tokens / rounds.reduce((sum, { seconds }) => sum + seconds.draft + seconds.target, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
