import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { dot, randomNumbers, sum } from "./numbers";

type Vector = readonly number[];
type Args = [query: Vector, pool: readonly Vector[], k: number];

const cosine = (a: Vector, b: Vector): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const distance = (a: Vector, b: Vector): number => Math.sqrt(sum(a.map((each, i) => (each - b[i]!) ** 2)));

/** Places from the largest score down, of equal ones by `tie`. */
const ranked = (pool: readonly Vector[], score: (vector: Vector) => number, tie = 1): number[] => {
  const scores = pool.map(score);
  return scores.map((_, place) => place).sort((a, b) => scores[b]! - scores[a]! || tie * (a - b));
};
const right = (...[query, pool, k]: Args): number[] =>
  ranked(pool, (vector) => cosine(query, vector))
    .slice(0, k)
    .reverse();

const wrong: readonly Wrong<Args>[] = [
  {
    message: "The nearest came first. It must come LAST, right before the question: turn the k places round.",
    answer: (query, pool, k) => ranked(pool, (vector) => cosine(query, vector)).slice(0, k),
  },
  {
    message: "These are the k LEAST similar. Sort by cosine from the largest down.",
    answer: (query, pool, k) =>
      ranked(pool, (vector) => -cosine(query, vector))
        .slice(0, k)
        .reverse(),
  },
  {
    message: "These are the k least similar, the least similar first. Keep the k largest cosines.",
    answer: (query, pool, k) => ranked(pool, (vector) => -cosine(query, vector)).slice(0, k),
  },
  {
    message: "The dot product was taken without lengths: long vectors win. Divide by |a| |b|.",
    answer: (query, pool, k) =>
      ranked(pool, (vector) => dot(query, vector))
        .slice(0, k)
        .reverse(),
  },
  {
    message:
      "The dot product was divided by |a|² |b|²: the root is missing, and long vectors lose. The lengths are roots: |a| = sqrt(a . a).",
    answer: (query, pool, k) => ranked(pool, (vector) => dot(query, vector) / (dot(query, query) * dot(vector, vector))).slice(0, k).reverse(), // prettier-ignore
  },
  {
    message:
      "The distance between the vectors' ends was taken. Cosine compares directions, whatever the lengths.",
    answer: (query, pool, k) =>
      ranked(pool, (vector) => -distance(query, vector))
        .slice(0, k)
        .reverse(),
  },
  {
    message:
      "Of equally near ones the later in the pool was taken for nearer. The earlier counts as nearer: sort by cosine, then by place.",
    answer: (query, pool, k) =>
      ranked(pool, (vector) => cosine(query, vector), -1)
        .slice(0, k)
        .reverse(),
  },
  {
    message: "The right places in the order of the pool. Order them by similarity, the nearest last.",
    answer: (query, pool, k) => right(query, pool, k).sort((a, b) => a - b),
  },
  {
    message: "One example is missing: k of them are asked for.",
    answer: (query, pool, k) => right(query, pool, k - 1),
  },
  {
    message: "The cosines came back. The places are asked for: sort the indices by cosine.",
    answer: (query, pool, k) => right(query, pool, k).map((place) => cosine(query, pool[place]!)),
  },
];

function randomArgs(random: Random): Args {
  const size = random.int(2, 4);
  const vector = (): number[] => {
    const scale = random.pick([1, 1, 4]);
    return [...randomNumbers(random, size - 1).map((each) => each * scale), random.pick([0.3, 1.1, 2.7])];
  };
  const count = random.int(3, 7);
  return [vector(), Array.from({ length: count }, vector), random.int(2, count - 1)];
}

export const nearestShots: Exercise = {
  id: "nearest-shots",
  fn: "nearestShots",
  title: "The nearest demonstrations",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "Do not sort the vectors: sort their PLACES by the cosine that belongs to each. What do you have to do so that the best one stands last?",
    [
      "cosines = for each vector of the pool: dot(query, vector) / sqrt(dot(query, query) * dot(vector, vector))",
      "places = 0, 1, 2, ... sorted: larger cosine first; of equal ones the lower place first",
      "give the first k of them, turned round",
    ].join("\n"),
    "sort((a, b) => cosines[b] - cosines[a] || a - b): where the difference is 0, || goes on to the places.",
  ],
  errors: [
    { see: /NaN/, help: "NaN comes from undefined: pool[place] is the vector, place is only its number." },
    { see: /changed its input/, help: "sort and reverse work on the very array: take a new one, of places." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two directions",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[1, 0], [[0, 1], [5, 5], [1, 0]], 2],
            [[1, 1], [[9, 0], [1, 1.2], [0, 1], [-3, -3]], 2],
            [[0, 2], [[1, 1], [0, 0.5], [7, 8]], 3],
          ], // prettier-ignore
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "60 random pools",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "ties",
      title: "equal vectors; a k beyond the pool",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[1, 0], [[0, 1], [1, 0], [1, 0], [1, 0]], 2],
            [[2, 1], [[2, 1], [-1, 0], [2, 1]], 1],
            [[2, 1], [[2, 1], [0, 1]], 5],
            [[1, 0], [[3, 4], [1, 0], [3, 4]], 3],
          ], // prettier-ignore
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, [[[1, 0], [[0, 1], [1, 1], [1, 0]], 2], [[0, 1], [[0, 1], [1, 0]], 1]], right), // prettier-ignore
    },
  ],
};
