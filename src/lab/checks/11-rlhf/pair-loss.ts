import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { capped, pairCost, plainCost, randomScores, sigmoid, tolerance } from "./numbers";

type Args = [chosen: number, rejected: number];

const right = (...[chosen, rejected]: Args): number => pairCost(chosen - rejected);

/** A loss of the difference of both rewards. */
const mistake = (message: string, cost: (x: number) => number): Wrong<Args> => ({
  message,
  answer: (chosen, rejected) => cost(chosen - rejected),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "The order is turned round: the loss must fall when the CHOSEN answer gets more. It is -log sigmoid(chosen - rejected).",
    (x) => pairCost(-x),
  ),
  mistake("Only the SIZE of the difference counts here: a wrong order costs as little as a right one.", (x) => pairCost(Math.abs(x))), // prettier-ignore
  mistake("The minus is missing: log sigmoid is never above 0, and a loss is never below it.", (x) => -pairCost(x)), // prettier-ignore
  mistake("The sign is wrong twice: a minus is missing, and the order is turned round.", (x) => -pairCost(-x)), // prettier-ignore
  mistake("This is the sigmoid. The loss is MINUS ITS LOGARITHM.", sigmoid),
  mistake("This is minus the sigmoid. The logarithm is missing: -log sigmoid(x).", (x) => -sigmoid(x)),
  mistake("This is 1 - sigmoid. The loss is minus the LOGARITHM of the sigmoid.", (x) => sigmoid(-x)),
  mistake(
    "exp(1000) is Infinity, and log(0) is -Infinity. For x below 0 write -x + log(1 + exp(x)): exp of a number below 0 is at most 1.",
    plainCost,
  ),
  mistake(
    "exp(1000) / (1 + exp(1000)) is Infinity / Infinity, NaN. Take exp only of numbers below 0: log(1 + exp(-x)), or -x + log(1 + exp(x)) for x below 0.",
    (x) => -Math.log(Math.exp(x) / (1 + Math.exp(x))),
  ),
  {
    message:
      "exp of the rewards themselves: they may be 1000, or -1000, and that is Infinity or 0. Only their DIFFERENCE counts: -log sigmoid(chosen - rejected).",
    answer: (chosen, rejected) => -Math.log(Math.exp(chosen) / (Math.exp(chosen) + Math.exp(rejected))),
  },
  {
    message: "The rewards were ADDED. Only their difference counts: chosen - rejected.",
    answer: (chosen, rejected) => pairCost(chosen + rejected),
  },
  {
    message: "Only the chosen answer's reward was used. Its distance to the rejected one counts.",
    answer: (chosen) => pairCost(chosen),
  },
  mistake("These are bits, with log2. Use natural logarithms: Math.log.", (x) => pairCost(x) / Math.LN2),
  mistake("log10 was used. Use natural logarithms: Math.log.", (x) => pairCost(x) / Math.LN10),
  mistake(
    "This is a hinge: 0 as soon as the chosen answer is 1 ahead. -log sigmoid never quite stops, and its slope is the probability of being wrong.",
    (x) => Math.max(0, 1 - x),
  ),
  mistake("This is max(0, rejected - chosen), a loss without any room between both. Asked for is -log sigmoid(chosen - rejected).", (x) => Math.max(0, -x)), // prettier-ignore
  mistake("This is the difference itself, which has no lower end: rewards would grow for ever.", (x) => -x),
  mistake("This is (1 - x) squared: a pair that is far ahead would be pulled back.", (x) => (1 - x) ** 2),
];

const spec = { expected: right, wrong, tolerance, explain: (value: unknown, ...args: Args) => capped(value, right(...args)) }; // prettier-ignore

const randomArgs = (random: Random): Args => {
  const [chosen, rejected] = randomScores(random, 2, 5);
  return [chosen!, rejected!];
};

export const pairLoss: Exercise = {
  id: "pair-loss",
  fn: "pairLoss",
  title: "The loss of a pair",
  difficulty: 1,
  importance: 5,
  minutes: 10,
  forbidden: ["softplus", "logSigmoid", "sigmoidCrossEntropy"],
  hints: [
    "-log sigmoid(x) = -log(1 / (1 + exp(-x))) = log(1 + exp(-x)). For which x is exp(-x) too large, and what is log(1 + exp(-x)) nearly there?",
    [
      "x = chosen - rejected",
      "if x >= 0: give log(1 + exp(-x))",
      "else:      give -x + log(1 + exp(x))",
      "(Math.log1p(y) is log(1 + y), exact for small y)",
    ].join("\n"),
  ],
  errors: [
    { see: /Infinity|∞/, help: "exp(1000) is Infinity. Take exp of -|x| only: it is between 0 and 1." },
    { see: /NaN/, help: "Infinity / Infinity. Take exp of -|x| only: it is between 0 and 1." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: log 2, and odds of three to one",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [[1, 1], [Math.log(3), 0], [0, Math.log(3)], [2, -1], [-3, -1]],
        }), // prettier-ignore
    },
    {
      id: "random",
      title: "80 random pairs",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: Array.from({ length: 80 }, () => randomArgs(t.random)) }),
    },
    {
      id: "large",
      title: "rewards that lie 1000 apart, and more",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [[1000, 0], [0, 1000], [-1000, 1000], [1000, -1000], [-40, 710], [1, 2]],
        }), // prettier-ignore
    },
    {
      id: "shift",
      title: "only the difference counts: 1000 on both changes nothing",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [[1000, 1001], [-1000, -1001], [1002, 1000], [-800, -799], [2, 1]],
        }), // prettier-ignore
    },
  ],
};
