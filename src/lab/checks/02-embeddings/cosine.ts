import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { dot, length, randomVector, type Vector } from "./numbers";

type Args = [a: Vector, b: Vector];

function right(a: Vector, b: Vector): number {
  const lengths = length(a) * length(b);
  return lengths === 0 ? 0 : Math.min(1, Math.max(-1, dot(a, b) / lengths));
}

const wrong: readonly Wrong<Args>[] = [
  {
    message: "A vector of zeros gives 0 / 0 = NaN. It has no direction; the answer is 0 then.",
    answer: (a, b) => dot(a, b) / (length(a) * length(b)),
  },
  {
    message: "This is the dot product. Long vectors get large values: divide by both lengths.",
    answer: dot,
  },
  {
    message:
      "Only one of the two lengths was divided by. Multiply one vector by 10: the cosine must stay the same.",
    answer: (a, b) => dot(a, b) / length(a),
  },
  { message: "Only one of the two lengths was divided by.", answer: (a, b) => dot(a, b) / length(b) },
  {
    message: "The root is missing: the length of a vector is the ROOT of the sum of its squares.",
    answer: (a, b) => dot(a, b) / (dot(a, a) * dot(b, b)),
  },
  {
    message:
      "The lengths are sums of absolute values here. The length of a vector is the root of the sum of its squares.",
    answer: (a, b) => dot(a, b) / (absolute(a) * absolute(b)),
  },
  {
    message:
      "This is the distance between cosines, 1 - cosine: 0 for the same direction. The cosine itself is asked.",
    answer: (a, b) => 1 - right(a, b),
  },
  {
    message: "This is the angle. Its cosine is asked, without Math.acos.",
    answer: (a, b) => Math.acos(right(a, b)),
  },
  {
    message: "The sign was lost: opposite vectors have the cosine -1.",
    answer: (a, b) => Math.abs(right(a, b)),
  },
];

const absolute = (a: Vector): number => a.reduce((sum, value) => sum + Math.abs(value), 0);
/** A vector with a multiple of itself: without a bound about half of these cosines are above 1. */
const multiple = (random: Random): Args => {
  const a = Array.from({ length: 5 }, () => random.next());
  return [a, a.map((value) => value * 3)];
};
const fits = (value: unknown, a: Vector, b: Vector): boolean =>
  typeof value === "number" && Math.abs(value - right(a, b)) < 1e-9 && Math.abs(value) <= 1;

export const cosine: Exercise = {
  id: "cosine",
  fn: "cosineSimilarity",
  title: "Cosine similarity",
  difficulty: 1,
  importance: 5,
  minutes: 5,
  hints: [
    "Scale both vectors to length 1: then the dot product is the cosine. Dividing afterwards is the same.",
    [
      "throw a RangeError if the lengths of the arrays differ",
      "lengths = sqrt(dot(a, a)) * sqrt(dot(b, b))",
      "if lengths is 0: give 0",
      "give dot(a, b) / lengths, kept between -1 and 1",
    ].join("\n"),
    "Math.min(1, Math.max(-1, x)) keeps x between -1 and 1.",
  ],
  errors: [
    { see: /NaN/, help: "0 / 0 is NaN: one of the vectors is all zeros." },
    { see: /1\.0000000000000002|above 1/, help: "Rounding. Math.min(1, Math.max(-1, value)) is enough." },
    { see: /RangeError|must throw/, help: 'if (a.length !== b.length) throw new RangeError("...");' },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: 3, 4 and 4, 3",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [3, 4],
              [4, 3],
            ],
            [
              [1, 0],
              [0, 5],
            ],
            [
              [1, 2, 2],
              [-2, -4, -4],
            ],
            [
              [2, 0],
              [1, 1],
            ],
          ],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "random",
      title: "100 random pairs",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 100 }, (): Args => {
            const width = t.random.int(1, 6);
            return [randomVector(t.random, width), randomVector(t.random, width)];
          }),
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "edge",
      title: "zeros, and never above 1",
      points: 2,
      run: async (learner, t) => {
        const zeros: Args[] = [
          [
            [0, 0],
            [1, 2],
          ],
          [[0], [0]],
          [
            [1, 2],
            [0, 0],
          ],
        ];
        await t.cases<Args>(learner, { args: zeros, expected: right, wrong, tolerance: 1e-9 });
        await t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => multiple(t.random)),
          expected: right,
          accepts: fits,
          explain: (value) =>
            typeof value === "number" && Math.abs(value) > 1
              ? "It is above 1 by a rounding error, and Math.acos of it is NaN. Keep it between -1 and 1."
              : undefined,
        });
      },
    },
    {
      id: "lengths",
      title: "refuses vectors of different lengths; leaves its input alone",
      points: 2,
      run: async (learner, t) => {
        await t.refuses(
          learner,
          [[1, 2], [1]],
          /RangeError/,
          "a RangeError, since the vectors differ in length",
        );
        await t.unchanged<Args>(
          learner,
          [
            [
              [3, 4],
              [4, 3],
            ],
            [
              [1, 0],
              [1, 1],
            ],
          ],
          right,
          1e-9,
        );
      },
    },
  ],
};
