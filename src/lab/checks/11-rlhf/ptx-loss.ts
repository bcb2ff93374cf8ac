import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { mean, randomLogProbs, randomScores, sum, tolerance } from "./numbers";

type Args = [
  policyLoss: number,
  valueLoss: number,
  pretrainLogProbs: readonly number[],
  valueCoefficient: number,
  gamma: number,
];

/** The mixture where the pretraining part, or the way all are mixed, is another. */
type Mix = (policy: number, value: number, pretraining: number, coefficient: number, gamma: number) => number;
const mixture: Mix = (policy, value, pretraining, c, gamma) => policy + c * value + gamma * pretraining;
const loss = (
  [policy, value, logs, c, gamma]: Args,
  pretraining: (logs: readonly number[]) => number,
  mix: Mix = mixture,
): number => mix(policy, value, pretraining(logs), c, gamma);
const surprise = (logs: readonly number[]): number => -mean(logs);
const right = (...args: Args): number => loss(args, surprise);

const part = (message: string, pretraining: (logs: readonly number[]) => number): Wrong<Args> => ({
  message,
  answer: (...args) => loss(args, pretraining),
});
const mixed = (message: string, mix: Mix): Wrong<Args> => ({
  message,
  answer: (...args) => loss(args, surprise, mix),
});

const wrong: readonly Wrong<Args>[] = [
  part("The pretraining part has the wrong sign: a loss is the mean of MINUS log p. Like this the model unlearns its language.", mean), // prettier-ignore
  part("The log-probabilities of pretraining were added up. Take their mean.", (logs) => -sum(logs)),
  part("pretrainLogProbs are logarithms already: no exp.", (logs) => -mean(logs.map(Math.exp))),
  part("This is a mean of probabilities. The loss is the mean of -log p.", (logs) => mean(logs.map(Math.exp))), // prettier-ignore
  part("This is the perplexity, exp of the loss. Take the mean of -log p itself.", (logs) =>
    Math.exp(surprise(logs)),
  ),
  part("A mean of nothing is 0 / 0, NaN. Without pretraining tokens that part is 0.", (logs) => -sum(logs) / logs.length), // prettier-ignore
  mixed("gamma has no effect: gamma * (mean of -log p).", (p, v, ptx, c) => p + c * v + ptx),
  mixed("The pretraining part is missing.", (p, v, _, c) => p + c * v),
  mixed("The value coefficient has no effect: valueCoefficient * valueLoss.", (p, v, ptx, _, g) => p + v + g * ptx), // prettier-ignore
  mixed("Both coefficients have no effect.", (p, v, ptx) => p + v + ptx),
  mixed("The value loss is missing.", (p, _, ptx, __, g) => p + g * ptx),
  mixed("The policy's loss is missing.", (_, v, ptx, c, g) => c * v + g * ptx),
  mixed("gamma and the value coefficient are exchanged.", (p, v, ptx, c, g) => p + g * v + c * ptx),
  mixed("gamma weighs the policy's loss. It belongs to the pretraining part.", (p, v, ptx, c, g) => g * p + c * v + ptx), // prettier-ignore
  mixed("gamma weighs all of it. It belongs to the pretraining part alone.", (p, v, ptx, c, g) => g * (p + c * v + ptx)), // prettier-ignore
  mixed("gamma weighs the value loss as well. It belongs to the pretraining part alone.", (p, v, ptx, c, g) => p + g * (c * v + ptx)), // prettier-ignore
  mixed("This is a mixture with 1 - gamma. Here the pretraining part comes on top: it may weigh more than 1.", (p, v, ptx, c, g) => (1 - g) * (p + c * v) + g * ptx), // prettier-ignore
  mixed("The policy's loss has the wrong sign: it is a loss already.", (p, v, ptx, c, g) => -p + c * v + g * ptx), // prettier-ignore
  mixed("The value loss has the wrong sign: it is a loss already.", (p, v, ptx, c, g) => p - c * v + g * ptx),
];

const spec = { expected: right, wrong, tolerance };
const hand: Args = [1, 2, [-3, -1], 0.1, 0.5];

function randomArgs(random: Random): Args {
  const [policy, value] = randomScores(random, 2, 3);
  return [
    policy!,
    Math.abs(value!),
    randomLogProbs(random, random.int(1, 5)),
    random.pick([0.1, 0.25, 0.5]),
    random.pick([0.3, 2, 27.8]),
  ];
}

export const ptxLoss: Exercise = {
  id: "ptx-loss",
  fn: "ptxLoss",
  title: "Remember the language",
  difficulty: 1,
  importance: 4,
  minutes: 10,
  hints: [
    "Three losses, three weights: 1, valueCoefficient, gamma. What is the loss of a language model on plain text?",
    [
      "pretraining = minus the mean of pretrainLogProbs, 0 if there are none",
      "give policyLoss + valueCoefficient * valueLoss + gamma * pretraining",
    ].join("\n"),
  ],
  errors: [
    {
      see: /Reduce of empty array/,
      help: "reduce needs something to begin with where the list is empty: list.reduce((a, b) => a + b, 0).",
    },
    { see: /NaN/, help: "0 / 0: there may be no pretraining tokens. Their part is then 0." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: three parts",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: [hand, [-0.5, 1, [-2], 0.5, 27.8], [0.25, 0, [-1, -2, -6], 1, 1]] }), // prettier-ignore
    },
    {
      id: "random",
      title: "60 random batches",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: Array.from({ length: 60 }, () => randomArgs(t.random)) }),
    },
    {
      id: "edges",
      title: "no pretraining tokens; weights of 0",
      points: 1,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: [[1, 2, [], 0.5, 3], [-1, 0.5, [], 0.1, 27.8], [1, 2, [-3], 0, 0.5], [1, 2, [-3], 0.5, 0]] }), // prettier-ignore
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [0.5, 1, [-2, -1, -5], 0.5, 2]], right, tolerance), // prettier-ignore
    },
  ],
};
