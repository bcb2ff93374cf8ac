import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { logSumExp, mean, plainLogSumExp, randomLabels, randomLogProbs, randomScores, sum, tolerance } from "./numbers"; // prettier-ignore

type Args = [
  wordScores: readonly (readonly number[])[],
  labels: readonly number[],
  hiddenLogProbs: readonly number[],
  alpha: number,
];

/** One step turned into a mistake. */
interface Ways {
  /** -log q of a label, by the scores of all label words. */
  readonly cost?: (scores: readonly number[], label: number) => number;
  readonly examples?: (costs: readonly number[]) => number;
  readonly hidden?: (logProbs: readonly number[]) => number;
  readonly mix?: (crossEntropy: number, language: number, alpha: number) => number;
}
const crossEntropy = (scores: readonly number[], label: number): number => logSumExp(scores) - scores[label]!;

function loss([wordScores, labels, hidden, alpha]: Args, ways: Ways = {}): number {
  const { cost = crossEntropy, examples = mean, mix = (ce, lm, a) => (1 - a) * ce + a * lm } = ways;
  const language = ways.hidden ?? ((logProbs) => -mean(logProbs));
  return mix(examples(wordScores.map((scores, n) => cost(scores, labels[n]!))), language(hidden), alpha);
}
const right = (...args: Args): number => loss(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => loss(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake("alpha weighs the wrong part: (1 - alpha) L_CE + alpha L_MLM.", {
    mix: (ce, lm, a) => a * ce + (1 - a) * lm,
  }),
  mistake("L_CE must be weighed with 1 - alpha.", { mix: (ce, lm, a) => ce + a * lm }),
  mistake("The two losses were added without alpha.", { mix: (ce, lm) => ce + lm }),
  mistake("alpha has no effect: this is L_CE alone.", { mix: (ce) => ce }),
  mistake(
    "The score of the right word was taken as its log-probability. q is the softmax over the label words: minus log(sum_l exp(score_l)).",
    { cost: (scores, label) => -scores[label]! },
  ),
  mistake("exp of a large score is Infinity. Take the largest score away before exp, and add it again.", {
    cost: (scores, label) => plainLogSumExp(scores) - scores[label]!,
  }),
  mistake("L_CE is a sum over the examples. Take the mean, or a larger batch takes larger steps.", {
    examples: sum,
  }),
  mistake("L_MLM is a sum over the hidden tokens. Take the mean.", { hidden: (logs) => -sum(logs) }),
  mistake("Without hidden tokens the mean is 0 / 0, NaN: L_MLM is then 0.", {
    hidden: (logs) => -sum(logs) / logs.length,
  }),
  mistake(
    "hiddenLogProbs are log-probabilities, 0 or less, and the loss is their NEGATIVE mean: it must be positive.",
    {
      hidden: mean,
    },
  ),
  mistake("hiddenLogProbs are logarithms already: do not take another one, nor exp.", {
    hidden: (logs) => -mean(logs.map(Math.exp)),
  }),
  mistake("This is the mean of q, not of -log q.", {
    cost: (scores, label) => Math.exp(-crossEntropy(scores, label)),
  }),
  mistake("The sign of L_CE is turned round: -log q is positive.", {
    cost: (scores, label) => -crossEntropy(scores, label),
  }),
  mistake("These are bits, with log2. Use natural logarithms: Math.log.", {
    cost: (scores, label) => crossEntropy(scores, label) / Math.LN2,
  }),
  mistake("Every example was judged by label 0. labels[n] is the right label of example n.", {
    cost: (scores) => crossEntropy(scores, 0),
  }),
];

const hand: Args = [[[0, 0]], [1], [-4, -2], 0.25];

function randomArgs(random: Random): Args {
  const [count, labels] = [random.int(1, 4), random.int(2, 4)];
  return [
    Array.from({ length: count }, () => randomScores(random, labels)),
    count > 1
      ? randomLabels(random, count, labels)
      : Array.from({ length: count }, () => random.int(0, labels - 1)),
    randomLogProbs(random, random.int(1, 4)),
    random.pick([0, 0.1, 0.25, 0.6, 1]),
  ];
}

export const petLoss: Exercise = {
  id: "pet-loss",
  fn: "petLoss",
  title: "The loss of PET",
  difficulty: 3,
  importance: 5,
  minutes: 20,
  forbidden: ["softmax", "logSoftmax"],
  hints: [
    "-log q(label) = log(sum over the label words of exp(score)) - score of the right word. Which words are NOT in that sum?",
    [
      "for each example n: top = its largest score",
      "  cost = top + log(sum of exp(score - top)) - wordScores[n][labels[n]]",
      "L_CE = the mean of the costs",
      "L_MLM = the negative mean of hiddenLogProbs, 0 if there are none",
      "give (1 - alpha) * L_CE + alpha * L_MLM",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "A mean of nothing (no hidden tokens), or Infinity - Infinity (large scores)." },
    { see: /Infinity/, help: "exp(1000) is Infinity: take the largest score of the row away first." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: log 2 and 3, mixed",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [hand[0], hand[1], hand[2], 0], [hand[0], hand[1], hand[2], 1], [[[0, Math.log(3)], [0, 0]], [1, 0], [-1], 0.5]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "80 random batches",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "edges",
      title: "nothing hidden; scores of 1,000",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[[1, 0]], [0], [], 0.5], [[[0, 2, 1], [3, 0, 0]], [2, 0], [], 0.1], [[[1000, 998]], [1], [-2], 0.2], [[[-1000, -1001]], [0], [-1, -3], 0.3]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[[1, 2], [3, 1]], [0, 1], [-1], 0.1]], right, tolerance), // prettier-ignore
    },
  ],
};
