import { fork } from "../../engine";
import type { Decoder } from "../../models";
import type { Drafter } from "./draft";
import { speculate } from "./speculate";
import type { SpeculateOptions, SpeculativeRound } from "./speculate";
import { acceptanceRates, expectedPerRound, speculativeSpeedup } from "./theory";
import type { AcceptanceRates } from "./theory";

/** As `speculate` has them. */
export interface MeasureOptions extends Omit<SpeculateOptions, "gamma" | "interrupt"> {
  readonly gamma: number;
}

/** One drafter at one gamma beside the same target without it. */
export interface SpeculationMeasure extends AcceptanceRates {
  readonly gamma: number;
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
  /** Theorem 3.8 with a and c as measured: what it would be if a check cost no more than one token. */
  readonly expectedSpeedup: number;
  /** The same with the measured cost of a check. */
  readonly expectedSpeedupHere: number;
}

/**
 * Writes on from each prompt twice, without and with drafts in turn, so that a busy machine disturbs both alike. Two
 * short answers before, which are not counted, compile what is to be compiled.
 *
 * Rates are of the rounds that drafted all gamma tokens, which the formulas speak of; prompt lookup often finds none, so
 * with it fewer rounds are counted than are timed.
 *
 * @throws Error where not a single round drafted gamma tokens
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

  const full = speculative.filter(({ drafted }) => drafted.length === gamma);
  if (full.length === 0) throw new Error(`No round drafted ${gamma} tokens.`);
  const rates = acceptanceRates(full);
  const call = mean(plain.map(({ seconds }) => seconds.target));
  const c = mean(full.map(({ seconds }) => seconds.draft)) / gamma / call;
  const verify = mean(full.map(({ seconds }) => seconds.target)) / call;
  const [slow, fast] = [tokensPerSecond(plain), tokensPerSecond(speculative)];
  return {
    gamma,
    ...rates,
    expectedPerRound: expectedPerRound(rates.perToken, gamma),
    plain: slow,
    speculative: fast,
    speedup: fast / slow,
    c,
    verify,
    expectedSpeedup: speculativeSpeedup(rates.perToken, gamma, c),
    expectedSpeedupHere: speculativeSpeedup(rates.perToken, gamma, c, verify),
  };
}

function tokensPerSecond(rounds: readonly SpeculativeRound[]): number {
  const tokens = rounds.reduce((sum, { ids }) => sum + ids.length, 0);
  return tokens / rounds.reduce((sum, { seconds }) => sum + seconds.draft + seconds.target, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
