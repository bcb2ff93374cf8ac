import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";
import { counted, published, randomCase, small, type Args } from "./sizes";

const wrong: readonly Wrong<Args>[] = [
  {
    message: "The head was counted as a table of its own. It is tied: the table of tokens again.",
    answer: counted({ head: 1 }),
  },
  {
    message: "The biases are missing: every layer has one, as wide as what it gives.",
    answer: counted({ attentionBiases: 0, feedBiases: 0 }),
  },
  { message: "The biases of attention's four layers are missing.", answer: counted({ attentionBiases: 0 }) },
  {
    message: "The biases of the feed-forward part are missing: 4 C and C.",
    answer: counted({ feedBiases: 0 }),
  },
  { message: "The norm at the end is missing.", answer: counted({ lastNorm: 0 }) },
  {
    message: "A block has two norms: one before attention, one before the feed-forward part.",
    answer: counted({ norms: 1 }),
  },
  { message: "The norms are missing: gain and bias each.", answer: counted({ norms: 0, lastNorm: 0 }) },
  { message: "A LayerNorm has a gain AND a bias: 2 C.", answer: counted({ normSize: 1 }) },
  { message: "The table of positions is missing.", answer: counted({ positions: 0 }) },
  { message: "The table of tokens is missing.", answer: counted({ tokens: 0 }) },
  {
    message: "Attention has four layers: queries, keys, values and the output. Three were counted.",
    answer: counted({ attention: 3, attentionBiases: 3 }),
  },
  {
    message: "The feed-forward part has two layers, [C, 4 C] and [4 C, C]. One was counted.",
    answer: counted({ feed: 4, feedBiases: 4 }),
  },
  {
    message: "The biases of the feed-forward part are 4 C and C wide: as wide as what each layer gives.",
    answer: counted({ feedBiases: 2 }),
  },
];

export const countGpt2: Exercise = {
  id: "count-gpt2",
  fn: "countGpt2",
  title: "Count a GPT-2",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "One block first. Write each of its tensors with its shape, biases too, and add.",
    [
      "norm = 2 C",
      "attention = 4 (C C + C)",
      "feed-forward = (C 4C + 4C) + (4C C + C)",
      "(V + context) C + L (2 norm + attention + feed-forward) + norm",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN|undefined/,
      help: "The argument is an object: its fields are vocabSize, context, dModel, nLayer.",
    },
    { see: /counted as a table of its own/, help: "Tied: the same numbers at two places are there once." },
  ],
  checks: [
    {
      id: "hand",
      title: "small ones, by hand",
      points: 5,
      run: (learner, t) => t.cases<Args>(learner, { args: small, expected: counted(), wrong }),
    },
    {
      id: "published",
      title: "the four GPT-2 that were published, to the last parameter",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: published, expected: counted(), wrong }),
    },
    {
      id: "random",
      title: "40 random sizes",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomCase(t.random)),
          expected: counted(),
          wrong,
        }),
    },
  ],
};
