import { fork, integer, shuffle } from "../../engine";
import type { Rng } from "../../engine";
import { meanOf } from "../numbers";
import { checkCount, writeMany } from "./write";
import type { Write, WriteOptions } from "./write";

/**
 * Self-consistency (Wang et al. 2022): several chains are sampled, and the answer that most of them reach wins. Chains
 * are thought of as a latent variable that the vote sums over.
 */
export interface Votes<A> {
  /** The answer with the largest weight; undefined where no chain has an answer. */
  readonly answer: A | undefined;
  /** All answers, the heaviest first; of equal ones the earlier first. */
  readonly tally: readonly { readonly answer: A; readonly count: number; readonly weight: number }[];
  /** Chains without an answer: they do not vote. */
  readonly silent: number;
  /** The winner's share of the weight of all votes; 0 without votes. A measure of confidence. */
  readonly share: number;
}

export interface VoteOptions {
  /** One a chain, such as the probability of its tokens; each counts 1 without it, which the paper found as good. */
  readonly weights?: readonly number[];
  /** Who wins among equals: the answer that came first, or one drawn with a generator. "first" without it. */
  readonly ties?: "first" | Rng;
}

/**
 * Counts the answers of chains.
 * @param answers one a chain; undefined where it has none
 * @throws RangeError where weights do not fit or are not finite and at least 0
 */
export function vote<A extends string | number>(
  answers: readonly (A | undefined)[],
  { weights, ties = "first" }: VoteOptions = {},
): Votes<A> {
  if (weights && weights.length !== answers.length)
    throw new RangeError(`vote: ${weights.length} weights for ${answers.length} answers`);
  const bad = weights?.findIndex((weight) => !(weight >= 0 && weight < Infinity)) ?? -1;
  if (bad >= 0)
    throw new RangeError(`vote: weight ${bad} must be finite and at least 0, got ${weights?.[bad]}`);
  const found = new Map<A, { answer: A; count: number; weight: number }>();
  answers.forEach((answer, i) => {
    if (answer === undefined) return;
    const votes = found.get(answer) ?? { answer, count: 0, weight: 0 };
    found.set(answer, { answer, count: votes.count + 1, weight: votes.weight + (weights?.[i] ?? 1) });
  });
  const tally = [...found.values()].sort((x, y) => y.weight - x.weight);
  const best = tally.filter(({ weight }) => weight === tally[0]?.weight);
  const winner = best.length > 1 && ties !== "first" ? best[integer(ties, best.length)] : best[0];
  const all = tally.reduce((sum, { weight }) => sum + weight, 0);
  return {
    answer: winner?.answer,
    tally,
    silent: answers.filter((answer) => answer === undefined).length,
    share: winner && all > 0 ? winner.weight / all : 0,
  };
}

export interface SelfConsistencyOptions<A> extends VoteOptions {
  /** How many chains. */
  readonly count: number;
  readonly answerOf: (text: string) => A | undefined;
  readonly write?: WriteOptions;
}

/** Samples chains and lets them vote; the chains come with it, so that `votesCurve` needs no further call. */
export async function selfConsistency<A extends string | number>(
  write: Write,
  prompt: string,
  options: SelfConsistencyOptions<A>,
): Promise<{ texts: readonly string[]; answers: readonly (A | undefined)[]; votes: Votes<A> }> {
  const texts = await writeMany(write, prompt, options.count, options.write);
  const answers = texts.map(options.answerOf);
  return { texts, answers, votes: vote(answers, options) };
}

/** A question's sampled answers, and the right one. */
export interface SampledAnswers<A> {
  readonly answers: readonly (A | undefined)[];
  readonly gold: A;
}

export interface CurvePoint {
  readonly samples: number;
  /** Accuracy of the vote, mean over the resamples. */
  readonly accuracy: number;
  /** Standard deviation of the accuracy over the resamples. */
  readonly deviation: number;
  /** Chance that one of the samples at least is right, which no vote can exceed: 1 - C(n - c, k) / C(n, k), exact. */
  readonly anyRight: number;
}

export interface CurveOptions {
  /** Numbers of samples, such as [1, 2, 4, 8]. */
  readonly sizes: readonly number[];
  /** Draws from the chains, without putting back, for each size; 50 without it. */
  readonly resamples?: number;
  readonly rng: Rng;
}

/**
 * Accuracy of the vote against the number of chains (the paper's figure 2), by drawing again from chains that are there.
 * Equals in a vote are settled by their order, which is drawn. The same generator gives the same curve.
 * @throws RangeError where there are no questions, or one has fewer answers than a size asks for
 */
export function votesCurve<A extends string | number>(
  items: readonly SampledAnswers<A>[],
  { sizes, resamples = 50, rng }: CurveOptions,
): CurvePoint[] {
  checkCount("votesCurve: resamples", resamples);
  if (items.length === 0) throw new RangeError("votesCurve: there are no questions");
  for (const size of sizes) {
    checkCount("votesCurve: each of sizes", size);
    const short = items.findIndex(({ answers }) => answers.length < size);
    if (short >= 0)
      throw new RangeError(
        `votesCurve: question ${short} has ${items[short]?.answers.length} answers, a size asks for ${size}. Cure: sample more, or smaller sizes.`,
      );
  }
  // One order a resample, whose beginnings are the samples of all sizes: the curve's points differ by size alone.
  const rights = Array.from({ length: resamples }, (_, r) =>
    items.map(({ answers, gold }, i) => {
      const order = shuffle(fork(fork(rng, r), i), answers);
      return sizes.map((size) => (vote(order.slice(0, size)).answer === gold ? 1 : 0));
    }),
  );
  return sizes.map((samples, s) => {
    const accuracies = rights.map((right) => meanOf(right.map((each) => each[s] as number)));
    const accuracy = meanOf(accuracies);
    return {
      samples,
      accuracy,
      deviation: Math.sqrt(meanOf(accuracies.map((value) => (value - accuracy) ** 2))),
      anyRight: meanOf(items.map((item) => anyRight(item, samples))),
    };
  });
}

function anyRight<A>({ answers, gold }: SampledAnswers<A>, samples: number): number {
  const wrong = answers.filter((answer) => answer !== gold).length;
  let none = 1;
  for (let i = 0; i < samples; i++) none *= Math.max(0, wrong - i) / (answers.length - i);
  return 1 - none;
}
