import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { mean, randomShares, shares } from "./numbers";

type Args = [probabilities: readonly number[], contentFree: readonly (readonly number[])[]];

const bias = (contentFree: Args[1]): number[] => contentFree[0]!.map((_, label) => mean(contentFree.map((p) => p[label]!))); // prettier-ignore
const divided = (p: readonly number[], by: readonly number[]): number[] =>
  p.map((each, label) => each / by[label]!);
const right = (...[p, contentFree]: Args): number[] => shares(divided(p, bias(contentFree)));

const wrong: readonly Wrong<Args>[] = [
  {
    message: "The quotients do not add up to 1. Divide them by their sum.",
    answer: (p, contentFree) => divided(p, bias(contentFree)),
  },
  {
    message:
      "It was turned round: a label that the model prefers anyway must come DOWN. Divide the answer by the bias, not the bias by the answer.",
    answer: (p, contentFree) => shares(divided(bias(contentFree), p)),
  },
  {
    message: "It was multiplied by the bias, which makes a preferred label likelier still. Divide.",
    answer: (p, contentFree) => shares(p.map((each, label) => each * bias(contentFree)[label]!)),
  },
  {
    message:
      "The bias was subtracted. Divide by it: what counts is how many times likelier the text makes a label.",
    answer: (p, contentFree) => shares(p.map((each, label) => each - bias(contentFree)[label]!)),
  },
  {
    message: "Only the first content-free text was used. Take the mean of all of them, label by label.",
    answer: (p, contentFree) => shares(divided(p, contentFree[0]!)),
  },
  {
    message: "Only the last content-free text was used. Take the mean of all of them, label by label.",
    answer: (p, contentFree) => shares(divided(p, contentFree[contentFree.length - 1]!)),
  },
  {
    message:
      "It was calibrated by each content-free text alone, and the results averaged. First the mean of the texts, then ONE division.",
    answer: (p, contentFree) => bias(contentFree.map((each) => shares(divided(p, each)))),
  },
  {
    message:
      "The mean was taken over the labels of a text, which is always 1 over their number. Take it over the TEXTS, for each label.",
    answer: (p, contentFree) => shares(p.map((each) => each / mean(contentFree[0]!))),
  },
];

const tolerance = 1e-9;
const hand: Args = [[0.7, 0.3], [[0.9, 0.1], [0.7, 0.3]]]; // prettier-ignore

function randomArgs(random: Random): Args {
  const labels = random.int(2, 5);
  const texts = random.int(1, 4);
  return [randomShares(random, labels), Array.from({ length: texts }, () => randomShares(random, labels))];
}

export const calibrate: Exercise = {
  id: "calibrate",
  fn: "calibrate",
  title: "Contextual calibration",
  difficulty: 2,
  importance: 5,
  minutes: 10,
  hints: [
    'The model says 0.7 positive of a review, and 0.8 positive of "N/A". Did the review speak for positive, or against it?',
    [
      "for each label: bias = mean over the content-free texts of its probability",
      "for each label: quotient = its probability / its bias",
      "divide each quotient by the sum of all quotients",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "0 / 0, or a number and undefined: contentFree[text][label] has the texts first." },
    { see: /null|Infinity/, help: "Divide by the mean of the label's own probabilities; none of them is 0." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: a preferred label comes down",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [[0.5, 0.5], [[0.8, 0.2]]], [[0.2, 0.3, 0.5], [[0.5, 0.25, 0.25], [0.3, 0.35, 0.35]]]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "60 random answers",
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
      title: "no bias changes nothing; the bias itself becomes even",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[0.9, 0.1], [[0.5, 0.5], [0.5, 0.5]]],
            [[0.7, 0.2, 0.1], [[0.7, 0.2, 0.1]]],
            [[1, 0], [[0.99, 0.01], [0.97, 0.03]]],
            [[0.6, 0.4], [[0.8, 0.2], [0.4, 0.6], [0.6, 0.4]]],
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
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[0.5, 0.5], [[0.8, 0.2]]]], right, tolerance), // prettier-ignore
    },
  ],
};
