import type { Exercise } from "../../exercise";
import type { PlainTensor } from "../plain";
import type { Wrong } from "../toolkit";
import { maskOf } from "./matrices";

type Args = [time: number, places: number];

const expected = (time: number, places: number): PlainTensor =>
  maskOf(time, places, (i, j) => j <= i + places - time);

const mistake = (
  message: string,
  allowed: (i: number, j: number, time: number, places: number) => boolean,
): Wrong<Args> => ({
  message,
  answer: (time, places) => maskOf(time, places, (i, j) => allowed(i, j, time, places)),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "The rows are counted from place 0. They are the LAST of the places: row 0 is place `places - time`, and sees all before.",
    (i, j) => j <= i,
  ),
  mistake(
    "A place does not see itself here. It may: j <= i. Otherwise the first place would see nothing at all.",
    (i, j, time, places) => j < i + places - time,
  ),
  mistake(
    "This is turned round: places look at what comes after them. Row i may see columns j <= i.",
    (i, j, time, places) => j >= i + places - time,
  ),
  mistake("Everything is allowed. What comes later must be hidden.", () => true),
  mistake(
    "True and false are exchanged: true means that looking is allowed.",
    (i, j, time, places) => j > i + places - time,
  ),
];

export const causalMask: Exercise = {
  id: "causal-mask",
  fn: "causalMask",
  title: "The causal mask",
  difficulty: 1,
  importance: 5,
  minutes: 10,
  hints: [
    "A mask is a comparison of two numbers: the place of the row and the place of the column. Broadcasting makes the table.",
    [
      "inside tf.tidy:",
      "  columns = 0, 1, ... places - 1                      [S]",
      "  rows = the last `time` of these numbers             [T, 1]",
      "  give columns <= rows",
    ].join("\n"),
    'tf.range(from, to, 1, "int32") counts; expandDims(1) makes a column of it.',
  ],
  errors: [
    {
      see: /type must be bool/,
      help: "A comparison (tf.lessEqual) gives bool. tf.linalg.bandPart keeps the type of its input.",
    },
    { see: /could not be broadcast/, help: "One of the two must be a column: [T, 1] and [S] make [T, S]." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "square",
      title: "training: as many rows as places",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: [[3, 3], [2, 2], [5, 5]], expected, wrong }), // prettier-ignore
    },
    {
      id: "cache",
      title: "decoding: the last rows of more places",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 20 }, (): Args => {
            const places = t.random.int(2, 9);
            return [t.random.int(1, places), places];
          }),
          expected,
          wrong,
        }),
    },
    {
      id: "edge",
      title: "one place",
      points: 1,
      run: (learner, t) => t.cases<Args>(learner, { args: [[1, 1], [1, 4]], expected, wrong }), // prettier-ignore
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 1,
      run: (learner, t) => t.noLeaks<Args>(learner, { args: [[3, 3], [1, 4]], expected, wrong }), // prettier-ignore
    },
  ],
};
