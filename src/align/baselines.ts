/**
 * What a reward model must beat, and what it cannot: rules that read no word of the answers, and people themselves. On real
 * comparisons the rule "the longer answer wins" is right so often that a model may have learned nothing else.
 */
import type { JudgedPair, Vote } from "../data";
import { fork, integer } from "../engine";
import type { Rng } from "../engine";
import { accuracy, bootstrapMean } from "../prompt";
import type { Interval } from "../prompt";
import { majorityLabel } from "./agreement";

/** Which answer of a pair is better: 1 or 2, or 0 where the rule cannot say. */
export type Rule = (pair: JudgedPair, index: number) => Vote;

/** The longer answer, in UTF-16 units or by a measure of your own such as tokens; 0 where both are as long. */
export const longerWins =
  (length: (answer: string) => number = (answer) => answer.length): Rule =>
  ({ answers: [first, second] }) =>
    larger(length(first), length(second));

/** The shorter answer, otherwise as `longerWins`. */
export const shorterWins =
  (length: (answer: string) => number = (answer) => answer.length): Rule =>
  ({ answers: [first, second] }) =>
    larger(length(second), length(first));

/** A coin for each pair, the same one at the same place. */
export const coinWins =
  (rng: Rng): Rule =>
  (_, index) =>
    integer(fork(rng, index), 2) === 0 ? 1 : 2;

const larger = (first: number, second: number): Vote => (first > second ? 1 : first < second ? 2 : 0);

/** Pairs on which the majority prefers one answer, with that answer: what an accuracy of a reward model is over. */
export function decidedPairs(pairs: readonly JudgedPair[]): { pair: JudgedPair; gold: 1 | 2 }[] {
  return pairs.flatMap((pair) => {
    const gold = majorityLabel(pair.votes);
    return gold === 1 || gold === 2 ? [{ pair, gold }] : [];
  });
}

/**
 * How often a rule names the answer that the majority prefers, of the pairs where it prefers one, with Wilson's interval.
 * "Cannot say" counts as wrong. The interval takes pairs as independent; several pairs of one prompt are not, and
 * `accuracyByPrompt` tells what that adds.
 * @throws RangeError where the majority prefers an answer in no pair
 */
export function ruleAccuracy(pairs: readonly JudgedPair[], rule: Rule): Interval {
  const decided = decidedPairs(pairs);
  return accuracy(decided.map(({ pair }, i) => rule(pair, i)), decided.map(({ gold }) => gold)); // prettier-ignore
}

/**
 * The same accuracy, with an interval for the draw of prompts: whole prompts are drawn again, each with all of its pairs (a
 * bootstrap of clusters). What is averaged is how many more pairs of a prompt are right than the accuracy lets expect, per
 * pair of an average prompt: the ratio to first order, close with 100 prompts and more.
 * @throws RangeError as `ruleAccuracy`
 */
export function accuracyByPrompt(
  pairs: readonly JudgedPair[],
  rule: Rule,
  { rng, resamples }: { readonly rng: Rng; readonly resamples?: number },
): Interval {
  const decided = decidedPairs(pairs);
  const { estimate } = ruleAccuracy(pairs, rule);
  const excess = new Map<string, number>();
  for (const [i, { pair, gold }] of decided.entries()) {
    const prompt = JSON.stringify([pair.instruction, pair.input]);
    excess.set(prompt, (excess.get(prompt) ?? 0) + Number(rule(pair, i) === gold) - estimate);
  }
  const perPrompt = decided.length / excess.size;
  const { low, high } = bootstrapMean([...excess.values()].map((sum) => sum / perPrompt), {
    rng,
    ...(resamples === undefined ? {} : { resamples }),
  }); // prettier-ignore
  return { estimate, low: Math.max(0, estimate + low), high: Math.min(1, estimate + high) };
}

/** How well one person agrees with the others. */
export interface Person {
  /** Of the pairs where the majority of the others prefers an answer. */
  readonly agrees: Interval;
  /** How often a rule agrees with the others on the very same pairs, where one was given. */
  readonly rule?: Interval;
}

/**
 * The ceiling: how often each person says what the majority of the others says, of the pairs where these prefer an answer.
 * The person's own vote is not in what is agreed with, so this is fair to set beside a model, or beside a rule. A tie counts
 * as wrong. With three people the others are two, and the pairs those on which both say the same: the easier ones.
 * @throws RangeError where the others prefer an answer in no pair
 */
export function humanCeiling(pairs: readonly JudgedPair[], rule?: Rule): Person[] {
  const people = pairs[0]?.votes.length ?? 0;
  return Array.from({ length: people }, (_, person) => {
    const others = pairs.map((pair) => ({ ...pair, votes: pair.votes.filter((_, i) => i !== person) }));
    const own = new Map<JudgedPair, Vote>(others.map((other, i) => [other, pairs[i]!.votes[person] as Vote]));
    const agrees = ruleAccuracy(others, (pair) => own.get(pair) as Vote);
    return rule === undefined ? { agrees } : { agrees, rule: ruleAccuracy(others, rule) };
  });
}
