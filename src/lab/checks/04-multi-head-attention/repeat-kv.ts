import type { Exercise } from "../../exercise";
import { tensorOf, type PlainTensor } from "../plain";
import type { Wrong } from "../toolkit";
import { counting, randomTensor } from "./matrices";

type Args = [x: PlainTensor, n: number];

/** Heads in this order; `from` gives the old head of a new one. */
function heads({ shape, values }: PlainTensor, count: number, from: (head: number) => number): PlainTensor {
  const [batch, old, places, headDim] = shape as [number, number, number, number];
  const size = places * headDim;
  const out: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let head = 0; head < count; head++) {
      const start = (b * old + from(head)) * size;
      out.push(...values.slice(start, start + size));
    }
  return tensorOf(out, [batch, count, places, headDim]);
}

const expected = (x: PlainTensor, n: number): PlainTensor =>
  heads(x, x.shape[1]! * n, (head) => Math.floor(head / n));

/** Places, not heads, come again. */
function alongPlaces({ shape, values }: PlainTensor, n: number): PlainTensor {
  const [batch, old, places, headDim] = shape as [number, number, number, number];
  const out: number[] = [];
  for (let at = 0; at < values.length; at += headDim)
    for (let copy = 0; copy < n; copy++) out.push(...values.slice(at, at + headDim));
  return tensorOf(out, [batch, old * n, places, headDim]);
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The whole list of heads comes again: 0, 1, 0, 1. Copies must stand side by side, 0, 0, 1, 1, or query heads look at the " +
      "keys of another group. Repeat along an axis of its own, right after that of the heads.",
    answer: (x, n) => heads(x, x.shape[1]! * n, (head) => head % x.shape[1]!),
  },
  {
    message:
      "The numbers of each place come again, not the heads: the copies were made along the wrong axis.",
    answer: alongPlaces,
  },
  { message: "Only the first head was copied.", answer: (x, n) => heads(x, x.shape[1]! * n, () => 0) },
];

/** Each key head gets the gradients of all its copies: sums over groups. */
function gradient(x: PlainTensor, n: number): PlainTensor {
  const size = x.shape[2]! * x.shape[3]!;
  const dy = weights(x, n).values;
  return tensorOf(
    x.values.map((_, i) => {
      const [head, at] = [Math.floor(i / size), i % size];
      return Array.from({ length: n }, (_, copy) => dy[(head * n + copy) * size + at]!).reduce(
        (a, b) => a + b,
      );
    }),
    x.shape,
  );
}
const weights = (x: PlainTensor, n: number): PlainTensor =>
  counting([x.shape[0]!, x.shape[1]! * n, x.shape[2]!, x.shape[3]!]);

const hand: Args = [counting([1, 2, 1, 2]), 2];

export const repeatKv: Exercise = {
  id: "repeat-kv",
  fn: "repeatKv",
  title: "Heads that share keys",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "Copies must be neighbours. Which axis would have to be repeated so that a, b becomes a, a, b, b when the axes are " +
      "flattened?",
    [
      "make an axis of size 1 after the heads, and flatten what follows: [B, K, 1, S * D]",
      "tile that axis n times:                                           [B, K, n, S * D]",
      "reshape: heads and copies become one axis:                        [B, K * n, S, D]",
    ].join("\n"),
    "tf.tile(x, [1, 1, n, 1]) repeats axis 2.",
  ],
  errors: [
    {
      see: /Gradient for rank 5 tile|rank 5/,
      help: "tile has no gradient beyond four axes: flatten S and D into one before.",
    },
    { see: /Cannot compute gradient/, help: "The way from x to the result must be tfjs operations." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => ...) frees the tensors between." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two heads, twice",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: [hand, [counting([1, 3, 2, 1]), 3]], expected, wrong }),
    },
    {
      id: "random",
      title: "20 random shapes, n = 1 and one head among them",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 20 }, (_, i): Args => [
            randomTensor(t.random, [
              t.random.int(1, 2),
              i === 0 ? 1 : t.random.int(1, 3),
              t.random.int(1, 3),
              t.random.int(1, 3),
            ]),
            i === 1 ? 1 : t.random.int(1, 4),
          ]),
          expected,
          wrong,
        }),
    },
    {
      id: "gradient",
      title: "each head of keys learns from all its copies",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [counting([2, 2, 3, 1]), 3]],
          dy: weights,
          expected: gradient,
          tolerance: 1e-5,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [counting([1, 1, 2, 2]), 3]], expected),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 1,
      run: (learner, t) =>
        t.noLeaks<Args>(learner, { args: [hand, [counting([1, 1, 2, 2]), 3]], expected, wrong }),
    },
  ],
};
