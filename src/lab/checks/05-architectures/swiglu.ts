import type { Exercise } from "../../exercise";
import { tensor, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { gradientOf, map, product, randomTensor, weights, zip } from "./matrices";

type Args = [x: PlainTensor, gate: PlainTensor, up: PlainTensor, down: PlainTensor];

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const silu = (z: number): number => z * sigmoid(z);
const times = (a: PlainTensor, b: PlainTensor): PlainTensor => zip(a, b, (x, y) => x * y);
const gated =
  (curve: (z: number) => number) =>
  (x: PlainTensor, gate: PlainTensor, up: PlainTensor, down: PlainTensor): PlainTensor =>
    product(times(map(product(x, gate), curve), product(x, up)), down);
const right = gated(silu);

const wrong: readonly Wrong<Args>[] = [
  {
    message: "Gate and up are exchanged: SiLU is for what `gate` gives, and `up` stays as it is.",
    answer: (x, gate, up, down) => right(x, up, gate, down),
  },
  {
    message:
      "This is GLU: the gate went through the sigmoid alone. SiLU multiplies by z once more: z * sigmoid(z).",
    answer: gated(sigmoid),
  },
  {
    message: "This is ReGLU: the gate went through ReLU. SwiGLU takes SiLU, z * sigmoid(z).",
    answer: gated((z) => Math.max(0, z)),
  },
  { message: "The gate was not curved at all: SiLU, z * sigmoid(z), is missing.", answer: gated((z) => z) },
  {
    message: "There is no gate: SiLU(x up) down is a plain part. Multiply by a second layer.",
    answer: (x, _gate, up, down) => product(map(product(x, up), silu), down),
  },
  {
    message: "There is no second layer: SiLU(x gate) must be multiplied by x up.",
    answer: (x, gate, _up, down) => product(map(product(x, gate), silu), down),
  },
  {
    message: "SiLU was taken of the product. Only the gate goes through it: SiLU(x gate) * (x up).",
    answer: (x, gate, up, down) => product(map(times(product(x, gate), product(x, up)), silu), down),
  },
  {
    message: "Both layers went through SiLU. Only the gate does.",
    answer: (x, gate, up, down) =>
      product(times(map(product(x, gate), silu), map(product(x, up), silu)), down),
  },
  {
    message: "The two layers were added. A gate multiplies.",
    answer: (x, gate, up, down) =>
      product(
        zip(map(product(x, gate), silu), product(x, up), (a, b) => a + b),
        down,
      ),
  },
  {
    message: "The way back is missing: multiply by down, [F, C].",
    answer: (x, gate, up) => times(map(product(x, gate), silu), product(x, up)),
  },
];

const x = tensor([
  [1, -2],
  [0.5, 3],
]);
const gate = tensor([
  [1, -1, 0.5],
  [2, 0, 1],
]);
const up = tensor([
  [0.5, 1, -1],
  [-1, 1, 2],
]);
const down = tensor([
  [1, 0],
  [0.5, -1],
  [2, 1],
]);
const hand: readonly Args[] = [
  [tensor([[1]]), tensor([[2]]), tensor([[3]]), tensor([[1]])],
  [x, gate, up, down],
  [tensor([[0, 0]]), gate, up, down],
];

function randomCase(random: Random): Args {
  const [time, width, wide] = [random.int(1, 3), random.int(1, 4), random.int(1, 5)];
  return [
    randomTensor(random, [time, width]),
    randomTensor(random, [width, wide]),
    randomTensor(random, [width, wide]),
    randomTensor(random, [wide, width]),
  ];
}

export const swiglu: Exercise = {
  id: "swiglu",
  fn: "swiglu",
  title: "SwiGLU",
  difficulty: 2,
  importance: 4,
  minutes: 10,
  hints: [
    "Three products of matrices: two side by side, one after them. Between them one curve and one multiplication.",
    [
      "inside tf.tidy:",
      "  z = x gate                          [T, F]",
      "  hidden = z * sigmoid(z) * (x up)    [T, F], element by element",
      "  give hidden down                    [T, C]",
    ].join("\n"),
    "tf.matMul multiplies matrices, tf.mul element by element.",
  ],
  errors: [
    {
      see: /inner dimensions|inner shapes|matMul/i,
      help: "x is [T, C] and gate [C, F]: x stands on the left. down comes last, [F, C].",
    },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one number, small matrices",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-4 }),
    },
    {
      id: "random",
      title: "40 random parts",
      points: 4,
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
      title: "its gradient",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: hand.slice(0, 2),
          dy: (each) => weights(each.shape),
          expected: (each, ...rest) => gradientOf((y) => right(y, ...rest), each, weights(each.shape)),
          tolerance: 1e-3,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone, and no tensors behind",
      points: 2,
      run: async (learner, t) => {
        await t.unchanged<Args>(learner, [hand[0]!, hand[1]!], right, 1e-4);
        await t.noLeaks<Args>(learner, { args: [hand[1]!], expected: right, wrong, tolerance: 1e-4 });
      },
    },
  ],
};
