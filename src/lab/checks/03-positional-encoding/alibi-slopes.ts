import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";

type Args = [nHead: number];

const powers = (n: number, first = 1): number[] =>
  Array.from({ length: n }, (_, i) => 2 ** ((-8 * (i + first)) / n));
const lowerPower = (n: number): number => 2 ** Math.floor(Math.log2(n));

/** Those of the power of two below, then every second one of the power above, from `start` on. */
function slopes(nHead: number, start = 0): number[] {
  const lower = lowerPower(nHead);
  const between = powers(2 * lower).filter((_, i) => i % 2 === start);
  return [...powers(lower), ...between.slice(0, nHead - lower)];
}

const right = (nHead: number): number[] => slopes(nHead);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "That is the formula for powers of two, used for all. For other numbers of heads the paper takes the slopes of the " +
      "power of two below, and fills up with every second one of the power above.",
    answer: (nHead) => powers(nHead),
  },
  {
    message: "The first slope is 2^(-8/n), not 1: count heads from 1 in the exponent.",
    answer: (nHead) => {
      const lower = lowerPower(nHead);
      return [...powers(lower, 0), ...powers(2 * lower, 0).filter((_, i) => i % 2 === 0)].slice(0, nHead);
    },
  },
  {
    message:
      "The wrong half was filled in: of the slopes for the power above take the first, third, fifth, ... The second, " +
      "fourth, ... are there already.",
    answer: (nHead) => slopes(nHead, 1),
  },
  {
    message:
      "The first slopes of the power above were taken. Take those of the power BELOW first, then fill up.",
    answer: (nHead) => powers(lowerPower(nHead) === nHead ? nHead : 2 * lowerPower(nHead)).slice(0, nHead),
  },
  {
    message:
      "1/2, 1/4, 1/8, ... are the slopes of 8 heads. For n heads each is 2^(-8/n) times the one before.",
    answer: (nHead) => Array.from({ length: nHead }, (_, i) => 2 ** -(i + 1)),
  },
  {
    message:
      "The right slopes, but sorted. Keep the order: first those of the power of two, then those filled in.",
    answer: (nHead) => slopes(nHead).sort((a, b) => b - a),
  },
  {
    message: "The sign belongs to the bias. The slopes themselves are positive.",
    answer: (nHead) => slopes(nHead).map((m) => -m),
  },
];

const of = (...heads: number[]): Args[] => heads.map((n): Args => [n]);

export const alibiSlopes: Exercise = {
  id: "alibi-slopes",
  fn: "alibiSlopes",
  title: "ALiBi's slopes",
  difficulty: 2,
  importance: 3,
  minutes: 10,
  hints: [
    "First write a helper for powers of two. For 12 heads: the 8 slopes of 8 heads, and 4 of the slopes of 16 heads.",
    [
      "powers(n) = for i from 1 to n: 2 ** (-8 * i / n)",
      "lower = the largest power of two up to nHead",
      "extra = powers(2 * lower), the elements at 0, 2, 4, ...",
      "give powers(lower), then the first nHead - lower of extra",
    ].join("\n"),
    "2 ** Math.floor(Math.log2(nHead)) is the largest power of two up to nHead.",
  ],
  errors: [
    { see: /did not end/, help: "A function that calls itself must call itself with a power of two." },
  ],
  checks: [
    {
      id: "powers",
      title: "1, 2, 4, 8 and 16 heads",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: of(8, 1, 2, 4, 16), expected: right, wrong, tolerance: 1e-9 }),
    },
    {
      id: "others",
      title: "3, 5, 6 and 12 heads",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: of(12, 3, 5, 6), expected: right, wrong, tolerance: 1e-9 }),
    },
    {
      id: "many",
      title: "20, 40 and 71 heads",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: of(20, 40, 71), expected: right, wrong, tolerance: 1e-9 }),
    },
  ],
};
