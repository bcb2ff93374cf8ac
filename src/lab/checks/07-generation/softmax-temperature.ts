import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";
import { randomScores, shares } from "./numbers";

type Args = [logits: readonly number[], temperature: number];

function softmax(logits: readonly number[], temperature = 1): number[] {
  const top = Math.max(...logits);
  return shares(logits.map((score) => Math.exp((score - top) / temperature)));
}

const oneHot = (logits: readonly number[], best: number): number[] =>
  logits.map((_, id) => Number(id === best));

function right(...[logits, temperature]: Args): number[] {
  if (temperature > 0) return softmax(logits, temperature);
  return oneHot(logits, logits.indexOf(Math.max(...logits)));
}

/** What a mistake makes of temperatures above 0; with 0 it is right. */
const warm =
  (answer: (...args: Args) => number[]) =>
  (...args: Args): number[] =>
    args[1] === 0 ? right(...args) : answer(...args);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The scores were multiplied by the temperature. Divide: a low temperature must make differences larger.",
    answer: warm((logits, temperature) => softmax(logits, 1 / temperature)),
  },
  {
    message:
      "exp overflows: Infinity divided by Infinity is NaN. Take the largest score away from all before exp; the answer is the same.",
    answer: warm((logits, temperature) => shares(logits.map((score) => Math.exp(score / temperature)))),
  },
  {
    message:
      "The largest score was taken away after the division, undivided. First score - top, then divide the difference by the temperature.",
    answer: warm((logits, temperature) => {
      const top = Math.max(...logits);
      return shares(logits.map((score) => Math.exp(score / temperature - top)));
    }),
  },
  {
    message:
      "The probabilities were divided by the temperature, and no longer add up to 1. It must divide the SCORES, before exp.",
    answer: warm((logits, temperature) => softmax(logits).map((p) => p / temperature)),
  },
  {
    message:
      "The temperature has no effect. Divided out after exp, it falls out again when you divide by the sum: it must divide the SCORES.",
    answer: warm((logits) => softmax(logits)),
  },
  {
    message: "These are the powers. Divide each by their sum, so that they add up to 1.",
    answer: warm((logits, temperature) => {
      const top = Math.max(...logits);
      return logits.map((score) => Math.exp((score - top) / temperature));
    }),
  },
  {
    message: "Temperature 0 needs an answer of its own: divided by 0, the best score became 0 / 0, NaN.",
    answer: (...args) => softmax(...args),
  },
  {
    message:
      "With temperature 0, equal scores shared the probability. Only the lowest of their ids gets it, all of it.",
    answer: (logits, temperature) =>
      temperature > 0
        ? softmax(logits, temperature)
        : shares(logits.map((score) => Number(score === Math.max(...logits)))),
  },
  {
    message:
      "With temperature 0, the HIGHEST id of equal scores was taken. Take the lowest: logits.indexOf(top) finds it.",
    answer: (logits, temperature) =>
      temperature > 0
        ? softmax(logits, temperature)
        : oneHot(logits, logits.lastIndexOf(Math.max(...logits))),
  },
  {
    message:
      "Temperature 0 was taken as 1, or as none. It means greedy: all probability on the largest score.",
    answer: (logits, temperature) => softmax(logits, temperature || 1),
  },
];

const hand: Args = [[Math.log(3), 0], 1];
/** Float32 will do. */
const tolerance = 1e-6;

export const softmaxTemperature: Exercise = {
  id: "softmax-temperature",
  fn: "softmaxTemperature",
  title: "Softmax with temperature",
  difficulty: 2,
  importance: 5,
  minutes: 10,
  forbidden: ["softmax", "logSoftmax"],
  hints: [
    "A softmax does not change when the same number is taken away from all scores. Which number makes every exp at most 1?",
    [
      "unless temperature >= 0: throw a RangeError     (NaN >= 0 is false, so this catches NaN too)",
      "top = the largest score",
      "if temperature is 0: 1 for the first id that has top, 0 for all others",
      "powers = exp((score - top) / temperature) for each score",
      "divide each power by the sum of all powers",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN/,
      help: "Infinity / Infinity, or 0 / 0. Take the largest score away before exp, and deal with temperature 0.",
    },
    {
      see: /must throw a RangeError/,
      help: "NaN < 0 is false, and so is NaN > 0: ask `if (!(temperature >= 0)) throw new RangeError(...)`.",
    },
    {
      see: /undefined|-Infinity/,
      help: "Math.max takes numbers, not an array: Math.max(...logits). Of nothing it is -Infinity.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: 3 to 1 becomes 9 to 1",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [[Math.log(3), 0], 0.5], [[1, 3, 2], 2], [[0, 0, 0, 0], 3]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "60 random cases",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, (): Args => [
            randomScores(t.random, t.random.int(1, 6)),
            t.random.pick([0.2, 0.5, 0.7, 1, 1.5, 3]),
          ]),
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "large",
      title: "scores of 10,000, low temperatures, banned tokens",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[10000, 9999], 1], [[-10000, -10002, -9999], 2], [[12, 11, 3], 0.001], [[-Infinity, 2000, 2001], 0.5]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "greedy",
      title: "temperature 0 is greedy, ties settled",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[1, 5, 2], 0], [[2, 7, 7, 7], 0], [[3, 3], 0], [[-Infinity, -4, -1], 0]], // prettier-ignore
          expected: right,
          wrong,
        }),
    },
    {
      id: "refuses",
      title: "refuses temperatures that are none",
      points: 1,
      async run(learner, t) {
        for (const bad of [-1, NaN, -0.001])
          await t.refuses(learner, [[1, 2], bad], /RangeError/, "a RangeError");
        await t.cases<Args>(learner, { args: [hand, [[1, 2], 0]], expected: right, wrong, tolerance });
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[[2, 1, 3], 0.5], [[1, 4], 0]], right, tolerance), // prettier-ignore
    },
  ],
};
