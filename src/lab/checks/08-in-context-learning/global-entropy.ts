import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { mean, randomShares, shares, sum } from "./numbers";

type Distributions = readonly (readonly number[])[];
type Args = [distributions: Distributions];

const entropy = (p: readonly number[], log = Math.log): number =>
  -sum(p.map((each) => (each > 0 ? each * log(each) : 0)));
/** How often each label is chosen. */
function counts(
  distributions: Distributions,
  choose = (p: readonly number[]) => p.indexOf(Math.max(...p)),
): number[] {
  const out = distributions[0]!.map(() => 0);
  for (const p of distributions) out[choose(p)]!++;
  return out;
}
const right = (distributions: Distributions): number => Math.abs(entropy(shares(counts(distributions))));
const meanOf = (distributions: Distributions): number[] => distributions[0]!.map((_, label) => mean(distributions.map((p) => p[label]!))); // prettier-ignore

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "This is the mean entropy of the single answers (LocalE). GlobalE first takes the likeliest label of each text, and counts.",
    answer: (distributions) => mean(distributions.map((p) => entropy(p))),
  },
  {
    message:
      "This is the entropy of the mean distribution. GlobalE counts LABELS: a text answered with 0.6 counts as one, as 0.9 does.",
    answer: (distributions) => entropy(meanOf(distributions)),
  },
  {
    message: "The entropy is in bits, with log2. Use the natural logarithm, Math.log.",
    answer: (distributions) => entropy(shares(counts(distributions)), Math.log2),
  },
  {
    message: "0 log 0 became NaN: a label that was never chosen adds nothing. Leave it out of the sum.",
    answer: (distributions) => -sum(shares(counts(distributions)).map((q) => q * Math.log(q))),
  },
  {
    message:
      "The sign is turned round: an entropy is never below 0, and log q of a share is. Take the minus.",
    answer: (distributions) => -right(distributions),
  },
  {
    message: "The counts were not made into shares: divide each by the number of texts before the logarithm.",
    answer: (distributions) => entropy(counts(distributions)),
  },
  {
    message: "The counts were divided by the number of labels, not of texts.",
    answer: (distributions) =>
      entropy(counts(distributions).map((count) => count / distributions[0]!.length)),
  },
  {
    message: "The LEAST likely label of each text was counted. Take the largest probability.",
    answer: (distributions) => entropy(shares(counts(distributions, (p) => p.indexOf(Math.min(...p))))),
  },
  {
    message: "Of equally likely labels the last was taken. Take the first: indexOf of the largest does.",
    answer: (distributions) => entropy(shares(counts(distributions, (p) => p.lastIndexOf(Math.max(...p))))),
  },
];

const tolerance = 1e-9;
const hand: Distributions = [[0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]; // prettier-ignore

/** Several labels, all of them the likeliest of some text. */
function randomArgs(random: Random): Args {
  const labels = random.int(2, 3);
  const extra = Array.from({ length: random.int(1, 5) }, () => randomShares(random, labels));
  const each = Array.from({ length: labels }, (_, label) =>
    Array.from({ length: labels }, (__, i) => (i === label ? 0.6 : 0.4 / (labels - 1))),
  );
  return [[...each, ...extra]];
}

export const globalEntropy: Exercise = {
  id: "global-entropy",
  fn: "globalEntropy",
  title: "Is an order any good?",
  difficulty: 2,
  importance: 3,
  minutes: 15,
  hints: [
    'Imagine a model that says "positive" to everything, sometimes with 0.6 and sometimes with 0.99. What is the histogram of its answers? ' +
      "And how uncertain is one who draws from it?",
    [
      "counts = 0 for each label",
      "for each text: find the label with the largest probability, add 1 to its count",
      "for each label that was chosen: q = count / number of texts, take away q * log q",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN/,
      help: "0 * Math.log(0) is 0 times -Infinity, NaN: leave out labels that were never chosen.",
    },
    { see: /-0/, help: "-0 and 0 are equal; a sum that starts at 0 and takes away is never below it." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: three of four, two of four",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[hand], [[[0.6, 0.4], [0.45, 0.55]]], [[[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6]]]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "60 random sets of answers",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "edges",
      title: "one label for all, equal probabilities",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[0.6, 0.4], [0.9, 0.1]]],
            [[[0.5, 0.5], [0.3, 0.7]]],
            [[[0.2, 0.4, 0.4], [0.7, 0.2, 0.1]]],
            [[[0.1, 0.2, 0.7]]],
            [[[0.4, 0.4, 0.2], [0.1, 0.8, 0.1], [0.1, 0.5, 0.4]]],
          ], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[hand], [[[0.3, 0.7], [0.9, 0.1]]]], right, tolerance), // prettier-ignore
    },
  ],
};
