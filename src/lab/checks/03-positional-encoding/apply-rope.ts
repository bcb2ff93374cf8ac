import type { Exercise } from "../../exercise";
import { rowsOf, tensor, tensorOf, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { numbersFrom, turnRow, wrongTurns, type Turn } from "./turns";

type Args = [x: PlainTensor, positions: readonly number[], base: number];

const turnAll = (x: PlainTensor, positions: readonly number[], base: number, turn?: Turn): PlainTensor =>
  tensorOf(
    rowsOf(x).flatMap((row, t) => turnRow(row, positions[t]!, base, turn)),
    x.shape,
  );

const right = (x: PlainTensor, positions: readonly number[], base: number): PlainTensor =>
  turnAll(x, positions, base);

/** dy turned back: the gradient of a rotation is the rotation the other way. */
const gradient = (dy: PlainTensor, [, positions, base]: Args): PlainTensor =>
  turnAll(
    dy,
    positions.map((m) => -m),
    base,
  );

const wrong: readonly Wrong<Args>[] = [
  ...wrongTurns.map(([message, turn]) => ({
    message,
    answer: (...[x, positions, base]: Args) => turnAll(x, positions, base, turn),
  })),
  {
    message:
      "The pairs were turned the other way. (a, b) becomes (a cos - b sin, a sin + b cos): the minus is in the first.",
    answer: (x, positions, base) =>
      turnAll(
        x,
        positions.map((m) => -m),
        base,
      ),
  },
  {
    message: "Each position is off by one: m + 1 was taken. Position 0 is not turned at all.",
    answer: (x, positions, base) =>
      turnAll(
        x,
        positions.map((m) => m + 1),
        base,
      ),
  },
  {
    message: "`positions` was not used: row t was turned as if it stood at position t.",
    answer: (x, positions, base) =>
      turnAll(
        x,
        positions.map((_, t) => t),
        base,
      ),
  },
  {
    message:
      "Both numbers of a pair have a minus, which is no rotation: the lengths change. (a, b) becomes (a cos - b sin, " +
      "a sin + b cos).",
    answer: (x, positions, base) =>
      turnAll(x, positions, base, { turned: (a, b, c, s) => [a * c - b * s, b * c - a * s] }),
  },
  {
    message:
      "The second number of each pair was computed from the NEW first one. Compute both from the old pair, then put " +
      "them in their places.",
    answer: (x, positions, base) =>
      turnAll(x, positions, base, {
        turned: (a, b, c, s) => [a * c - b * s, (a * c - b * s) * s + b * c],
      }),
  },
];

const one: Args = [tensor([[1, 0]]), [1], 10000];
const rows = tensor([
  [1, 0, 0, 1],
  [1, 2, 3, 4],
  [-1, 1, 0.5, 2],
]);
const hand: readonly [Args, Args, ...Args[]] = [
  one,
  [tensor([[1, 2]]), [0], 10000],
  [rows, [0, 1, 2], 10000],
  [rows, [5, 3, 3], 10000],
  [rows, [1, 2, 3], 100],
];

function randomCase(random: Random): Args {
  const [time, width] = [random.int(1, 4), 2 * random.int(1, 6)];
  const x = tensor(Array.from({ length: time }, () => numbersFrom(random, width)));
  const positions = Array.from({ length: time }, () => random.int(0, 60));
  return [x, positions, random.pick([10000, 100, 500000])];
}

const weights = (x: PlainTensor): PlainTensor =>
  tensorOf(
    x.values.map((_, i) => (i % 5) - 1.5),
    x.shape,
  );

export const applyRope: Exercise = {
  id: "apply-rope",
  fn: "applyRope",
  title: "RoPE",
  difficulty: 3,
  importance: 5,
  minutes: 20,
  hints: [
    "Two tables of shape [T, D/2]: the cosine and the sine of each angle. Two halves of x, also [T, D/2]: the first " +
      "numbers of all pairs, and the second ones. The rest is four products.",
    [
      "theta_i = base ** (-2 * i / D) for i from 0 to D/2 - 1",
      "angle[t][i] = positions[t] * theta_i; cos and sin of it: [T, D/2]",
      "pairs = x reshaped to [T, D/2, 2]; a = pairs[..., 0], b = pairs[..., 1]",
      "first = a * cos - b * sin, second = a * sin + b * cos",
      "stack both on the last axis: [T, D/2, 2], and reshape to [T, D]",
    ].join("\n"),
    "a: tf.slice(pairs, [0, 0, 0], [T, D / 2, 1]).reshape([T, D / 2]); b begins at [0, 0, 1]. Back: tf.stack([first, second], -1).",
  ],
  errors: [
    {
      see: /Cannot compute gradient/,
      help: "The way from x to the result must be tfjs operations: no dataSync() and no tf.tensor() of x's numbers.",
    },
    {
      see: /could not be broadcast/,
      help: "a, b, cos and sin must all be [T, D/2]. Print their shapes.",
    },
    { see: /Its shape must be/, help: "The result has the shape of x: reshape it at the end." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: a pair, and rows of two pairs",
      points: 7,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-4 }),
    },
    {
      id: "random",
      title: "40 random tensors, positions and bases",
      points: 7,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-3,
        }),
    },
    {
      id: "gradient",
      title: "its gradient turns back",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: hand,
          dy: weights,
          expected: (...args) => gradient(weights(args[0]), args),
          tolerance: 1e-4,
        }),
    },
    {
      id: "memory",
      title: "leaves no tensors behind, and its input alone",
      points: 4,
      run: async (learner, t) => {
        await t.noLeaks<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-4 });
        await t.unchanged<Args>(learner, hand, right, 1e-4);
      },
    },
  ],
};
