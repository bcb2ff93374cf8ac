import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";
import { counted, published, randomCase, small, type Args, type Sizes } from "./sizes";

/** Factors of the weights, of attention, of all, and what else is counted. */
interface Factors {
  readonly blocks: number;
  readonly head: number;
  readonly tables: number;
  readonly attention: number;
  readonly ways: number;
}
const flops =
  (own: Partial<Factors> = {}) =>
  ({ vocabSize: V, context: T, dModel: C, nLayer: L }: Sizes): number => {
    const f: Factors = { blocks: 2, head: 2, tables: 0, attention: 4, ways: 3, ...own };
    const tables = f.tables * (V + T) * C;
    return f.ways * (f.blocks * 12 * C * C * L + f.head * C * V + tables + f.attention * C * T * L);
  };
const wrong: readonly Wrong<Args>[] = [
  {
    message: "This is the way forward alone. Training goes back as well, at twice the price.",
    answer: flops({ ways: 1 }),
  },
  {
    message:
      "The way back was counted once. It has two products for each one forward: the input's gradient and the weight's.",
    answer: flops({ ways: 2 }),
  },
  {
    message: "A multiplication and its addition were counted as one. They are 2.",
    answer: flops({ blocks: 1, head: 1, attention: 2 }),
  },
  {
    message: "Attention's products are missing: scores and mixing, 4 C a place and block.",
    answer: flops({ attention: 0 }),
  },
  {
    message: "Attention has two products: the scores, and the mean of the values. One was counted.",
    answer: flops({ attention: 2 }),
  },
  { message: "The head is missing: tied or not, its product is computed.", answer: flops({ head: 0 }) },
  {
    message: "Looking up an embedding is no product: the tables cost nothing.",
    answer: flops({ tables: 2 }),
  },
  {
    message:
      "This is 6 times all parameters, without attention: the rule of thumb. Here the exact sum is asked.",
    answer: (sizes) => 6 * counted()(sizes),
  },
  {
    message: "Attention was counted for one block. Each of the L blocks looks at all places.",
    answer: (sizes) => flops({ attention: 0 })(sizes) + 12 * sizes.dModel * sizes.context,
  },
  {
    message: "This is for all tokens of the context together. One token is asked.",
    answer: (sizes) => flops()(sizes) * sizes.context,
  },
];

export const trainingFlops: Exercise = {
  id: "training-flops",
  fn: "trainingFlops",
  title: "What a token costs in training",
  difficulty: 3,
  importance: 4,
  minutes: 15,
  hints: [
    "Which matrices does one token go through on its way forward? Each of their weights costs it 2.",
    [
      "weights = L (4 C C + 8 C C) + C V",
      "attention = L (2 C context + 2 C context)",
      "3 (2 weights + attention)",
    ].join("\n"),
  ],
  errors: [
    {
      see: /rule of thumb/,
      help: "6 N counts tables and biases as if they were multiplied, and leaves attention out.",
    },
    {
      see: /NaN|undefined/,
      help: "The argument is an object: its fields are vocabSize, context, dModel, nLayer.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "small ones, by hand",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: small, expected: flops(), wrong, tolerance: 1e-12 }),
    },
    {
      id: "published",
      title: "GPT-2 in its four sizes",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: published, expected: flops(), wrong, tolerance: 1e-12 }),
    },
    {
      id: "random",
      title: "40 random sizes",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomCase(t.random)),
          expected: flops(),
          wrong,
          tolerance: 1e-12,
        }),
    },
  ],
};
