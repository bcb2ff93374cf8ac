import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { argMax, randomScores, shares, softmax, sum, tolerance } from "./numbers";

type Scores = readonly (readonly (readonly number[])[])[];
type Args = [scores: Scores, weights: readonly number[], temperature: number];

/** What the models say of text t joined to one row, each row multiplied by its model's weight. */
const joined = (scores: Scores, weights: readonly number[], t: number): number[] =>
  scores[0]![t]!.map((_, l) => sum(scores.map((model, m) => weights[m]! * model[t]![l]!)));

const each = (scores: Scores, row: (t: number) => readonly number[]): (readonly number[])[] =>
  scores[0]!.map((_, t) => row(t));

const right = (...[scores, weights, temperature]: Args): (readonly number[])[] =>
  each(scores, (t) => softmax(joined(scores, shares(weights), t), temperature));

const probabilities = (scores: Scores, temperature: number): Scores =>
  scores.map((model) => model.map((row) => softmax(row, temperature)));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The probabilities of the models were averaged. PET averages their SCORES, and takes the softmax of the mean.",
    answer: (scores, weights, temperature) =>
      each(scores, (t) => joined(probabilities(scores, temperature), shares(weights), t)),
  },
  {
    message: "The weights have no effect. A model with weight 3 counts three times.",
    answer: (scores, weights, temperature) =>
      right(scores, weights.map(() => 1), temperature), // prettier-ignore
  },
  {
    message:
      "The scores were added up with their weights, and not divided by the sum of the weights: with many models all would be sure.",
    answer: (scores, weights, temperature) =>
      each(scores, (t) => softmax(joined(scores, weights, t), temperature)),
  },
  {
    message: "Divided by the number of models. Divide by the sum of the WEIGHTS.",
    answer: (scores, weights, temperature) =>
      each(scores, (t) => softmax(joined(scores, weights.map((w) => w / weights.length), t), temperature)), // prettier-ignore
  },
  {
    message: "The temperature has no effect. Divide the mean scores by it, before the softmax.",
    answer: (scores, weights) => right(scores, weights, 1),
  },
  {
    message: "The scores were multiplied by the temperature. Divide: a temperature of 2 makes labels softer.",
    answer: (scores, weights, temperature) => right(scores, weights, 1 / temperature),
  },
  {
    message: "The probabilities were divided by the temperature. It divides the scores, before the softmax.",
    answer: (scores, weights, temperature) =>
      right(scores, weights, 1).map((row) => row.map((p) => p / temperature)),
  },
  {
    message: "exp of a large score is Infinity. Take the largest score away before exp.",
    answer: (scores, weights, temperature) =>
      each(scores, (t) => shares(joined(scores, shares(weights), t).map((s) => Math.exp(s / temperature)))),
  },
  {
    message: "These are the mean scores. A softmax over the labels makes probabilities of them.",
    answer: (scores, weights) => each(scores, (t) => joined(scores, shares(weights), t)),
  },
  {
    message:
      "This is a hard vote: all probability on the winner. Give the softmax, which tells how sure the models were.",
    answer: (scores, weights, temperature) =>
      right(scores, weights, temperature).map((row) => row.map((_, l) => Number(l === argMax(row)))),
  },
  {
    message: "Only the first model was asked. All of them vote.",
    answer: (scores, _weights, temperature) => right([scores[0]!], [1], temperature),
  },
  {
    message: "The softmax went over the texts. It goes over the labels of one text.",
    answer: (scores, weights, temperature) => {
      const rows = each(scores, (t) => joined(scores, shares(weights), t));
      const columns = rows[0]!.map((_, l) => softmax(rows.map((row) => row[l]!), temperature)); // prettier-ignore
      return rows.map((row, t) => row.map((_, l) => columns[l]![t]!));
    },
  },
];

const hand: Args = [[[[2, 0]], [[0, 4]]], [3, 1], 0.5];

function randomArgs(random: Random): Args {
  const [models, texts, labels] = [random.int(1, 3), random.int(1, 3), random.int(2, 4)];
  return [
    Array.from({ length: models }, () => Array.from({ length: texts }, () => randomScores(random, labels))),
    Array.from({ length: models }, () => random.pick([0.5, 0.8, 1, 2, 3])),
    random.pick([0.5, 1, 2, 3]),
  ];
}

export const softLabels: Exercise = {
  id: "soft-labels",
  fn: "softLabels",
  title: "The vote of several patterns",
  difficulty: 3,
  importance: 5,
  minutes: 20,
  forbidden: ["softmax", "logSoftmax"],
  hints: [
    "Do one text first: its scores are a table, models by labels. What must happen to a column, and then to what is left?",
    [
      "all = the sum of the weights",
      "for each text t:",
      "  for each label l: s[l] = the sum over the models m of weights[m] * scores[m][t][l], over all",
      "  softmax of s[l] / temperature over l",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "Infinity / Infinity: take the largest score away before exp." },
    { see: /undefined/, help: "The order of the indices is scores[model][text][label]." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two models, one text",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [hand[0], hand[1], 2], [hand[0], [1, 1], 2], [[[[1, 2, 3]], [[3, 2, 1]]], [0, 2], 1]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "80 random votes, several texts",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "large",
      title: "scores of 10,000; weights that do not add up to 1",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[[[10000, 9998]], [[9000, 9002]]], [1, 3], 2], [[[[-5000, -5001], [3, 1]]], [7], 1], [[[[1, 0]], [[0, 1]], [[3, 0]]], [0.2, 0.2, 0.2], 2]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[[[1, 0], [0, 3]]], [2], 2]], right, tolerance), // prettier-ignore
    },
  ],
};
