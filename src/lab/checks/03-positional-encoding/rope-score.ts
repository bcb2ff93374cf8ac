import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { dot, numbersFrom, turnRow, wrongTurns } from "./turns";

type Args = [q: readonly number[], k: readonly number[], distance: number, base: number];

const right = (...[q, k, distance, base]: Args): number => dot(q, turnRow(k, distance, base));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The distance was taken the other way round. It is the key's position minus the query's: turn k by it, or q by " +
      "minus it.",
    answer: (q, k, distance, base) => dot(q, turnRow(k, -distance, base)),
  },
  {
    message:
      "This is the plain product of q and k. Turning BOTH by the same angle changes nothing: that is why only the " +
      "distance counts. Turn one of them.",
    answer: (q, k) => dot(q, k),
  },
  ...wrongTurns.map(([message, turn]) => ({
    message,
    answer: (...[q, k, distance, base]: Args) => dot(q, turnRow(k, distance, base, turn)),
  })),
  {
    message:
      "The size of the distance was taken. A key before the query and one after it are not the same: keep the sign.",
    answer: (q, k, distance, base) => dot(q, turnRow(k, Math.abs(distance), base)),
  },
  {
    message:
      "The score was divided by sqrt(D). That is done later, in attention; here the plain product is asked.",
    answer: (...args) => right(...args) / Math.sqrt(args[0].length),
  },
];

const hand: readonly [Args, Args, ...Args[]] = [
  [[1, 0], [1, 0], 0, 10000],
  [[1, 0], [1, 0], 1, 10000],
  [[1, 0], [0, 1], 1, 10000],
  [[1, 0], [0, 1], -1, 10000],
  [[1, 2, 3, 4], [2, 1, 0, -1], 3, 10000],
  [[1, 2, 3, 4], [2, 1, 0, -1], -3, 100],
];

function randomCase(random: Random): Args {
  const width = 2 * random.int(1, 5);
  return [
    numbersFrom(random, width),
    numbersFrom(random, width),
    random.int(-40, 40),
    random.pick([10000, 100, 500000]),
  ];
}

export const ropeScore: Exercise = {
  id: "rope-score",
  fn: "ropeScore",
  title: "A score from the distance alone",
  difficulty: 2,
  importance: 4,
  minutes: 10,
  hints: [
    "Turn the page so that the query lies still: then only the key turns, by the difference of the two angles.",
    [
      "score = 0",
      "for each pair i:",
      "  angle = distance * base ** (-2 * i / D)",
      "  turn the pair of k: (c, d) becomes (c cos - d sin, c sin + d cos)",
      "  score += the two products with the pair of q",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "There are D / 2 pairs: the last one is at D - 2 and D - 1." },
    { see: /undefined/, help: "There are D / 2 pairs: the last one is at D - 2 and D - 1." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one and two pairs, both signs",
      points: 6,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-9 }),
    },
    {
      id: "random",
      title: "60 random vectors and distances",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-6,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, hand, right, 1e-9),
    },
  ],
};
