/** Patterns, rows and settings of the lab's experiments with PET on SmolLM2 (bench/pet/states.ts, chapter 10). */
import { makeRng, shuffle } from "../../engine";
import { pattern } from "../pattern";
import { manual } from "../verbalizers/manual";
import type { NamedPattern } from "./tasks";

const sources = {
  "it was": ["{text:shorten} It was {mask}", "terrible", "great"],
  "all in all": ["{text:shorten} All in all, I found it {mask}", "bad", "good"],
  review: ["Review: {text:shorten}\nSentiment: {mask}", "negative", "positive"],
} as const;

/** Three pattern-verbalizer pairs for sentiment with the mask last, as a causal model needs it. */
export const causalPatterns: readonly NamedPattern[] = Object.entries(sources).map(
  ([name, [source, negative, positive]]) => ({
    name,
    source,
    ...pattern<{ readonly text: string }>(source, manual({ negative, positive })),
  }),
);

/**
 * Most tokens of a prompt; the training of the rows (`trainLinear`); rows that are kept of the task's training set. Steps and rate
 * were chosen on the pool, by draws that the chapter does not use: at 10, 50 and 100 labels PET and a head that begins at 0 are
 * within about a point of their best.
 */
export const causalSettings = { length: 48, steps: 20, learningRate: 10, pool: 600 } as const;

/** The rows that states are kept of: labels are drawn from them, and the others are unlabelled texts. The same in every run. */
export const causalPool = <E>(train: readonly E[]): readonly E[] =>
  shuffle(makeRng(10), train).slice(0, causalSettings.pool);
