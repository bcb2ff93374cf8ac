import type { Exercise } from "../../exercise";
import { tensorOf, type PlainTensor } from "../plain";
import type { Wrong } from "../toolkit";

type Args = [length: number, width: number];

/** A table from what stands at place `pos` and column `c`. */
const table = (length: number, width: number, at: (pos: number, c: number) => number): PlainTensor =>
  tensorOf(
    Array.from({ length: length * width }, (_, k) => at(Math.floor(k / width), k % width)),
    [length, width],
  );

const wave = (c: number, angle: number): number => (c % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
const pair = (c: number): number => Math.floor(c / 2);

const right = (length: number, width: number): PlainTensor =>
  table(length, width, (pos, c) => wave(c, pos / 10000 ** ((2 * pair(c)) / width)));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The exponent is i / C. Pair i has 10000^(2 i / C): i counts pairs, and there are C / 2 of them.",
    answer: (length, width) => table(length, width, (pos, c) => wave(c, pos / 10000 ** (pair(c) / width))),
  },
  {
    message:
      "Sine and cosine of a pair must have the SAME wave. Column 2i + 1 was given the exponent (2i + 1) / C; it is 2i / C, " +
      "as in column 2i.",
    answer: (length, width) => table(length, width, (pos, c) => wave(c, pos / 10000 ** (c / width))),
  },
  {
    message:
      "The exponent counts columns twice: column c belongs to pair i = floor(c / 2), and the exponent is 2 i / C.",
    answer: (length, width) => table(length, width, (pos, c) => wave(c, pos / 10000 ** ((2 * c) / width))),
  },
  {
    message:
      "All sines come first and then all cosines. The paper has them side by side: sin, cos, sin, cos, ...",
    answer: (length, width) =>
      table(length, width, (pos, c) => {
        const i = c % (width / 2);
        const angle = pos / 10000 ** ((2 * i) / width);
        return c < width / 2 ? Math.sin(angle) : Math.cos(angle);
      }),
  },
  {
    message: "Sine and cosine are swapped: even columns are sines, so place 0 is 0, 1, 0, 1, ...",
    answer: (length, width) =>
      table(length, width, (pos, c) => wave(c + 1, pos / 10000 ** ((2 * pair(c)) / width))),
  },
  {
    message: "The first place is counted as 1. It is place 0: its sines are 0 and its cosines 1.",
    answer: (length, width) =>
      table(length, width, (pos, c) => wave(c, (pos + 1) / 10000 ** ((2 * pair(c)) / width))),
  },
  {
    message: "Divide by 10000^(2 i / C). Multiplied, later pairs become FASTER waves; they are slower ones.",
    answer: (length, width) =>
      table(length, width, (pos, c) => wave(c, pos * 10000 ** ((2 * pair(c)) / width))),
  },
  {
    message:
      "The angle is in degrees somewhere. Sines and cosines take radians: pos / 10000^(2 i / C) as it is.",
    answer: (length, width) =>
      table(length, width, (pos, c) => wave(c, ((pos / 10000 ** ((2 * pair(c)) / width)) * Math.PI) / 180)),
  },
];

const sizes: readonly [Args, Args, ...Args[]] = [
  [2, 2],
  [3, 4],
  [4, 6],
  [1, 8],
];

export const sinusoids: Exercise = {
  id: "sinusoids",
  fn: "sinusoids",
  title: "Sinusoids",
  difficulty: 2,
  importance: 4,
  minutes: 10,
  hints: [
    "Fill a plain array row by row, and make the tensor at the end. What is the angle at place pos for column c?",
    [
      "for pos from 0 to length - 1, for column c from 0 to width - 1:",
      "  i = floor(c / 2)",
      "  angle = pos / 10000 ** (2 * i / width)",
      "  sin(angle) where c is even, cos(angle) where it is odd",
      "give tf.tensor2d(numbers, [length, width])",
    ].join("\n"),
  ],
  errors: [
    { see: /Its shape must be/, help: "A row for each place, a column for each number: [length, width]." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: narrow tables",
      points: 5,
      run: (learner, t) => t.cases<Args>(learner, { args: sizes, expected: right, wrong, tolerance: 1e-4 }),
    },
    {
      id: "wide",
      title: "ten random sizes, up to 60 places of 32 numbers",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 10 }, (): Args => [t.random.int(5, 60), 2 * t.random.int(1, 16)]),
          expected: right,
          wrong,
          tolerance: 1e-3,
        }),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 2,
      run: (learner, t) => t.noLeaks<Args>(learner, { args: sizes, expected: right, wrong, tolerance: 1e-4 }),
    },
  ],
};
