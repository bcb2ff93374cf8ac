import type { Exercise } from "../../exercise";
import type { PlainTensor } from "../plain";
import type { Wrong } from "../toolkit";
import { maskOf } from "./matrices";

type Args = [time: number, stride: number];
type Rule = (i: number, j: number, stride: number) => boolean;

const near: Rule = (i, j, stride) => i - j <= stride;
const multiple: Rule = (i, j, stride) => (i - j) % stride === 0;
const earlier: Rule = (i, j) => j <= i;
const make =
  (rule: Rule) =>
  (time: number, stride: number): PlainTensor =>
    maskOf(time, time, (i, j) => rule(i, j, stride));

const expected = make((i, j, l) => earlier(i, j, l) && (near(i, j, l) || multiple(i, j, l)));

const wrong: readonly Wrong<Args>[] = [
  {
    message: "Places also look at what comes after them. i - j must not be negative.",
    answer: make((i, j, l) => near(i, j, l) || multiple(i, j, l)),
  },
  {
    message: "Only the band is here. Places a whole number of strides before are seen too, however far.",
    answer: make((i, j, l) => earlier(i, j, l) && near(i, j, l)),
  },
  {
    message: "Only the strides are here. The `stride` places right before are seen too.",
    answer: make((i, j, l) => earlier(i, j, l) && multiple(i, j, l)),
  },
  {
    message: "A place must be near OR a multiple away. Here it must be both, and almost nothing is left.",
    answer: make((i, j, l) => earlier(i, j, l) && near(i, j, l) && multiple(i, j, l)),
  },
  {
    message:
      "The columns 0, l, 2l, ... are open to all: that is counted from the beginning of the text. It is the DISTANCE i - j that " +
      "must be a multiple of the stride.",
    answer: make((i, j, l) => earlier(i, j, l) && (near(i, j, l) || j % l === 0)),
  },
  {
    message: "Far and near are exchanged: the band must be i - j <= stride.",
    answer: make((i, j, l) => earlier(i, j, l) && (i - j >= l || multiple(i, j, l))),
  },
];

export const stridedMask: Exercise = {
  id: "strided-mask",
  fn: "stridedMask",
  title: "A sparse mask",
  difficulty: 2,
  importance: 3,
  minutes: 15,
  hints: [
    "All three conditions are about one number, the distance i - j. Make the table of distances first.",
    [
      "places = 0 .. T-1;  distance = places as a column minus places as a row     [T, T]",
      "give distance >= 0 and (distance <= stride or distance mod stride = 0)",
    ].join("\n"),
    'tf.logicalAnd, tf.logicalOr, tf.mod, tf.equal, tf.lessEqual; scalars as tf.scalar(stride, "int32").',
  ],
  errors: [
    { see: /must be bool|dtype/, help: "logicalAnd and logicalOr want bool tensors: compare first." },
    {
      see: /could not be broadcast/,
      help: "places.expandDims(1) is a column [T, 1]; minus places [T] it is [T, T].",
    },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => ...) frees the tables between." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: five places, stride 2",
      points: 3,
      run: (learner, t) => t.cases<Args>(learner, { args: [[5, 2], [7, 3]], expected, wrong }), // prettier-ignore
    },
    {
      id: "random",
      title: "20 random sizes",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 20 }, (): Args => [t.random.int(6, 16), t.random.int(2, 5)]),
          expected,
          wrong,
        }),
    },
    {
      id: "edge",
      title: "a stride of 1, and one longer than the text",
      points: 2,
      run: (learner, t) => t.cases<Args>(learner, { args: [[4, 1], [4, 9], [1, 3]], expected, wrong }), // prettier-ignore
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 1,
      run: (learner, t) => t.noLeaks<Args>(learner, { args: [[4, 2], [5, 3]], expected, wrong }), // prettier-ignore
    },
  ],
};
