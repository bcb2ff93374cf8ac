import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { mean, randomLogProbs, shares, softmax, sum, tolerance } from "./numbers";

type Args = [wordLogProbs: readonly (readonly number[])[]];

/** The words' probabilities among all label words, [labels][words]. */
function amongAll(words: readonly (readonly number[])[]): number[][] {
  const top = Math.max(...words.flat());
  const total = sum(words.flat().map((word) => Math.exp(word - top)));
  return words.map((list) => list.map((word) => Math.exp(word - top) / total));
}
const right = (...[words]: Args): number[] => shares(amongAll(words).map(mean));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The probabilities of a label's words were ADDED, so a label with more words is likelier for that alone. Take their mean.",
    answer: (words) => shares(amongAll(words).map(sum)),
  },
  {
    message:
      "The LOG-probabilities were averaged: that is the geometric mean, where one bad word spoils a label. Take the mean of the probabilities.",
    answer: (words) => softmax(words.map(mean)),
  },
  {
    message: "Only the likeliest word of each label was counted. Take the mean of all its words.",
    answer: (words) => softmax(words.map((list) => Math.max(...list))),
  },
  {
    message: "Only the first word of each label was counted. Take the mean of all its words.",
    answer: (words) => softmax(words.map((list) => list[0]!)),
  },
  {
    message:
      "The softmax went over the words of each label alone, so every label has 1 to share. It goes over ALL label words together.",
    answer: (words) => shares(words.map((list) => mean(softmax(list)))),
  },
  {
    message:
      "These are the means, which do not add up to 1 where a label has several words. Divide by their sum.",
    answer: (words) => amongAll(words).map(mean),
  },
  {
    message:
      "These are probabilities in the whole vocabulary. Only label words count: divide by the sum over the labels.",
    answer: (words) => words.map((list) => mean(list.map(Math.exp))),
  },
  {
    message:
      "exp(-1000) is 0, and 0 / 0 is NaN. Take the largest log-probability away from all before exp; the answer is the same.",
    answer: (words) => shares(words.map((list) => mean(list.map(Math.exp)))),
  },
  {
    message:
      "The log-probabilities were divided by their sum. They are logarithms: exp makes probabilities of them.",
    answer: (words) => shares(words.map(mean)),
  },
  {
    message: "This is one number for each WORD. Asked for is one for each label.",
    answer: (words) => softmax(words.flat()),
  },
];

const logs = (...probabilities: number[]): number[] => probabilities.map(Math.log);
const hand: Args = [[logs(0.06, 0.02), logs(0.04)]];

const randomArgs = (random: Random, most: number): Args => [
  Array.from({ length: random.int(2, 4) }, () => randomLogProbs(random, random.int(1, most))),
];

export const labelProbabilities: Exercise = {
  id: "label-probabilities",
  fn: "labelProbabilities",
  title: "From words to labels",
  difficulty: 2,
  importance: 5,
  minutes: 15,
  forbidden: ["softmax", "logSoftmax"],
  hints: [
    "How large the vocabulary's other probabilities are falls out when you divide. What is the probability of a label with one word, then?",
    [
      "top = the largest of all the log-probabilities",
      "for each label: the mean of exp(word - top) over its words",
      "divide each mean by the sum of the means",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "0 / 0: all exp were 0. Take the largest log-probability away before exp." },
    { see: /-Infinity/, help: "Math.max takes numbers: Math.max(...wordLogProbs.flat())." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one word a label",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[logs(0.06), logs(0.02)]],
            [[logs(0.1), logs(0.1), logs(0.2)]],
            ...Array.from({ length: 30 }, () => randomArgs(t.random, 1)),
          ],
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "several",
      title: "several words a label, not as many for each",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            hand,
            [[logs(0.3, 0.1), logs(0.1)]],
            ...Array.from({ length: 60 }, () => randomArgs(t.random, 4)),
          ],
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "small",
      title: "log-probabilities of -1000",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[-1000], [-1001]]],
            [[[-900, -901], [-900]]],
            [[[-2000], [-3]]],
            [[[-Infinity, -800], [-801]]],
          ],
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[[-1, -3], [-2]]]], right, tolerance), // prettier-ignore
    },
  ],
};
