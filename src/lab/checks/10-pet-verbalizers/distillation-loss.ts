import type { Exercise } from "../../exercise";
import { fullShares } from "../07-generation/numbers";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { argMax, logSumExp, mean, plainLogSumExp, randomScores, softmax, sum, tolerance } from "./numbers";

type Row = readonly number[];
type Args = [logits: readonly Row[], soft: readonly Row[]];

/** The loss where a text's cost is another, or texts are joined in another way. */
const loss = (
  [logits, soft]: Args,
  cost: (row: Row, soft: Row) => number,
  join: (costs: readonly number[]) => number = mean,
): number => join(logits.map((row, t) => cost(row, soft[t]!)));

const logProb = (row: Row, l: number): number => row[l]! - logSumExp(row);
/** A share of 0 counts for nothing, whatever it is multiplied with. */
const times = (share: number, value: number): number => (share > 0 ? share * value : 0);
const cross = (row: Row, soft: Row): number => -sum(soft.map((share, l) => times(share, logProb(row, l))));
const entropy = (soft: Row): number => -sum(soft.map((share) => times(share, Math.log(share))));

const right = (...args: Args): number => loss(args, cross);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Only the likeliest label of each soft label was used: that is a hard label, and says nothing of how sure the vote was.",
    answer: (...args) => loss(args, (row, soft) => -logProb(row, argMax(soft))),
  },
  {
    message:
      "The two sides are exchanged: -sum soft * log softmax(logits), not -sum softmax(logits) * log soft.",
    answer: (...args) =>
      loss(args, (row, soft) => -sum(softmax(row).map((p, l) => times(p, Math.log(soft[l]!))))),
  },
  {
    message:
      "The entropy of the soft labels was taken off: that is the KL divergence. It has the same gradient, but the loss asked for is the cross-entropy.",
    answer: (...args) => loss(args, (row, soft) => cross(row, soft) - entropy(soft)),
  },
  {
    message: "This is the sum over the texts. Take the mean.",
    answer: (...args) => loss(args, cross, sum),
  },
  {
    message:
      "Divided by the number of labels as well. Take the sum over the labels, the mean over the texts.",
    answer: (...args) => loss(args, (row, soft) => cross(row, soft) / row.length),
  },
  {
    message: "The sign is turned round: a loss is positive.",
    answer: (...args) => -right(...args),
  },
  {
    message: "The logits were used as log-probabilities. Take log-sum-exp of the row off first.",
    answer: (...args) => loss(args, (row, soft) => -sum(soft.map((share, l) => times(share, row[l]!)))),
  },
  {
    message: "exp(10,000) is Infinity. Take the row's largest logit away before exp.",
    answer: (...args) =>
      loss(args, (row, soft) => sum(soft.map((share, l) => times(share, plainLogSumExp(row) - row[l]!)))),
  },
  {
    message:
      "0 times Infinity is NaN: leave labels with a soft label of 0 out of the sum, their logit may be -Infinity.",
    answer: (...args) => loss(args, (row, soft) => -sum(soft.map((share, l) => share * logProb(row, l)))),
  },
  {
    message: "This is the squared difference of probabilities, not the cross-entropy.",
    answer: (...args) => loss(args, (row, soft) => sum(softmax(row).map((p, l) => (p - soft[l]!) ** 2))),
  },
  {
    message: "These are bits, with log2. Use natural logarithms: Math.log.",
    answer: (...args) => right(...args) / Math.LN2,
  },
  {
    message: "The logarithm is missing: -sum soft * LOG softmax(logits).",
    answer: (...args) => loss(args, (row, soft) => -sum(softmax(row).map((p, l) => soft[l]! * p))),
  },
];

const hand: Args = [[[Math.log(3), 0]], [[0.5, 0.5]]];

function randomArgs(random: Random): Args {
  const [texts, labels] = [random.int(1, 4), random.int(2, 4)];
  return [
    Array.from({ length: texts }, () => randomScores(random, labels)),
    Array.from({ length: texts }, () => fullShares(random, labels, 1)),
  ];
}

export const distillationLoss: Exercise = {
  id: "distillation-loss",
  fn: "distillationLoss",
  title: "Distillation",
  difficulty: 2,
  importance: 4,
  minutes: 10,
  forbidden: ["softmax", "logSoftmax"],
  hints: [
    "log softmax(z)_l = z_l - log(sum_j exp(z_j)). The second part is the same for all labels of a text.",
    [
      "for each text t: top = its largest logit",
      "  all = top + log(sum of exp(logit - top))",
      "  cost = the sum of soft[t][l] * (all - logits[t][l]) over the labels with soft[t][l] > 0",
      "give the mean of the costs",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN/,
      help: "0 * Infinity, or Infinity - Infinity. Skip soft labels of 0; take the largest logit away.",
    },
    { see: /Infinity/, help: "exp(10000) is Infinity. Take the row's largest logit away before exp." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: an unsure teacher",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [[[0, 0]], [[0.9, 0.1]]], [[[Math.log(3), 0]], [[0.9, 0.1]]], [[[1, 2, 3], [0, 0, 0]], [[0.2, 0.3, 0.5], [0.6, 0.2, 0.2]]]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "80 random batches",
      points: 3,
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
      title: "hard labels, logits of 10,000 and of -Infinity",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[2, 1, 0], [0, 1, 3]], [[0, 1, 0], [1, 0, 0]]],
            [[[10000, 9999]], [[0.5, 0.5]]],
            [[[-10000, -10002]], [[0.25, 0.75]]],
            [[[1, -Infinity, 0]], [[0.7, 0, 0.3]]],
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
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[[1, 0], [2, 5]], [[0.1, 0.9], [0.4, 0.6]]]], right, tolerance), // prettier-ignore
    },
  ],
};
