import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";
import { mean, sum } from "./texts";

type Args = [probabilities: readonly number[]];

const surprises = (p: readonly number[]): number[] => p.map((each) => -Math.log(each));
const right = (p: readonly number[]): number => Math.exp(mean(surprises(p)));

/** With 10,000 tokens a product, and a sum in place of a mean, both end at Infinity: the product is likelier there. */
const underflow: Wrong<Args> = {
  message:
    "The product of many probabilities is too small for a number and became 0. Add logarithms instead: exp(-sum(log p) / n).",
  answer: (p) => p.reduce((product, each) => product * each, 1) ** (-1 / p.length),
};

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Two bases are mixed: log2 with exp. Use Math.log with Math.exp (or Math.log2 with 2 ** x, which gives the same).",
    answer: (p) => Math.exp(mean(p.map((each) => -Math.log2(each)))),
  },
  {
    message: "Two bases are mixed: Math.log is the natural logarithm, so Math.exp leads back, not 2 ** x.",
    answer: (p) => 2 ** mean(surprises(p)),
  },
  {
    message: "This is the mean loss in nats. Its exp is the perplexity.",
    answer: (p) => mean(surprises(p)),
  },
  {
    message: "The logarithms were added but not divided by the number of tokens: take their mean.",
    answer: (p) => Math.exp(sum(surprises(p))),
  },
  {
    message: "The minus sign is missing: log p is negative, and a perplexity is 1 or more.",
    answer: (p) => Math.exp(mean(p.map(Math.log))),
  },
  {
    message:
      "This is the mean of 1 / p. The mean must be taken of the logarithms: exp(mean(-log p)), the geometric mean of 1 / p.",
    answer: (p) => mean(p.map((each) => 1 / each)),
  },
  {
    message: "This is 1 / (mean of p). Each token counts by its logarithm: exp(mean(-log p)).",
    answer: (p) => 1 / mean(p),
  },
  {
    message:
      "A token with probability 0 was left out or softened. The model was certain that it cannot come: Infinity.",
    answer: (p) => {
      const possible = p.filter((each) => each > 0);
      return possible.length === 0 ? 1 : right(possible);
    },
  },
  {
    message:
      "A small number was added to the probabilities. It hides what is impossible for the model: use p as it is.",
    answer: (p) => right(p.map((each) => each + 1e-10)),
  },
  {
    message:
      "A small number was added to the probabilities. It hides what is impossible for the model: use p as it is.",
    answer: (p) => right(p.map((each) => Math.max(each, 1e-12))),
  },
  underflow,
];

export const perplexity: Exercise = {
  id: "perplexity",
  fn: "perplexity",
  title: "Perplexity",
  difficulty: 1,
  importance: 5,
  minutes: 10,
  hints: [
    "Add up -Math.log(p) over the tokens, divide by how many there are, and take Math.exp of the result.",
    ["nats = 0", "for each p: nats = nats - log(p)", "perplexity = exp(nats / number of tokens)"].join("\n"),
  ],
  errors: [
    {
      see: /gave Infinity/,
      help: "A product of thousands of small numbers becomes 0, and 1 / 0 is Infinity. Add logarithms.",
    },
    {
      see: /NaN/,
      help: "0 * Infinity is NaN. Nothing of the kind is needed: Math.log(0) is -Infinity, and Math.exp(Infinity) is Infinity.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: 1/2 and 1/8",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[0.5, 0.125]], [[1 / 65, 1 / 65, 1 / 65]], [[1]]],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "random",
      title: "60 random texts",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, (): Args => [
            Array.from({ length: t.random.int(1, 9) }, () => t.random.int(1, 100) / 100),
          ]),
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "long",
      title: "10,000 tokens",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [0.01, 0.3].map((p): Args => [Array.from({ length: 10_000 }, (_, i) => (i % 2 ? p : 0.5))]),
          expected: right,
          wrong: [underflow, ...wrong],
          tolerance: 1e-9,
        }),
    },
    {
      id: "zero",
      title: "a token with probability 0, and a text without one",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[0.5, 0]], [[0]], [[0.9, 0, 0.3]], [[0.9, 0.6, 0.3]]],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[[0.5, 0.25]], [[0.1]]], right, 1e-9),
    },
  ],
};
