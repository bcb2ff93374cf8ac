import type { Exercise } from "../../exercise";
import { tensorOf, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { fromMatrices, matricesOf } from "./matrices";

type Args = [pattern: PlainTensor, ids: readonly number[]];
/** Whether place i, if it looks at place j, looks where it should. */
type Rule = (ids: readonly number[], i: number, j: number) => boolean;

const induction: Rule = (ids, i, j) => j > 0 && j < i && ids[j - 1] === ids[i];

function score(
  pattern: PlainTensor,
  ids: readonly number[],
  rule: Rule,
  allRows = false,
  sum = false,
): PlainTensor {
  const places = ids.map((_, i) => ids.flatMap((_, j) => (rule(ids, i, j) ? [j] : [])));
  const rows = allRows ? ids.length : places.filter((targets) => targets.length > 0).length;
  const scores = matricesOf(pattern).map((head) => {
    const total = places.flatMap((targets, i) => targets.map((j) => head[i]![j]!)).reduce((a, b) => a + b, 0);
    return sum ? total : rows === 0 ? 0 : total / rows;
  });
  return tensorOf(scores, [scores.length]);
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "This is the attention to earlier copies of the token itself: a duplicate-token head. An induction head looks one place " +
      "further, at what came AFTER the copy: ids[j - 1] = ids[i].",
    answer: (pattern, ids) => score(pattern, ids, (all, i, j) => j < i && all[j] === all[i]),
  },
  {
    message:
      "This looks one place BEFORE the earlier copy. It must be the place after it: ids[j - 1] = ids[i].",
    answer: (pattern, ids) => score(pattern, ids, (all, i, j) => j < i && all[j + 1] === all[i]),
  },
  {
    message:
      "The mean is over all places. Places without an earlier copy have nothing to find, and count for nothing: divide by the " +
      "number of places that have such a j.",
    answer: (pattern, ids) => score(pattern, ids, induction, true),
  },
  {
    message: "This is the sum over the places; the mean is asked.",
    answer: (pattern, ids) => score(pattern, ids, induction, false, true),
  },
  {
    message: "Rows and columns are exchanged: pattern[h][i][j] is what place i, the row, takes from place j.",
    answer: (pattern, ids) => score(turned(pattern), ids, induction),
  },
  {
    message:
      "Where j = i counts, a token that follows its own copy looks at itself. j must be smaller than i.",
    answer: (pattern, ids) => score(pattern, ids, (all, i, j) => j > 0 && j <= i && all[j - 1] === all[i]),
  },
  {
    message: "Without any place that has such a j the score is 0. 0 / 0 is NaN.",
    answer: (pattern, ids) => {
      const found = ids.some((_, i) => ids.some((_, j) => induction(ids, i, j)));
      const right = score(pattern, ids, induction);
      return found
        ? right
        : tensorOf(
            right.values.map(() => NaN),
            right.shape,
          );
    },
  },
];

const turned = (pattern: PlainTensor): PlainTensor =>
  fromMatrices(
    matricesOf(pattern).map((m) => m.map((row, i) => row.map((_, j) => m[j]![i]!))),
    pattern.shape.slice(0, 1),
  );

/** Rows that add up to 1; not causal, so that nothing hides a mistake. */
function randomArgs(random: Random, time = random.int(4, 9), tokens = 3): Args {
  const heads = random.int(1, 3);
  const values = Array.from({ length: heads * time }, () => {
    const row = Array.from({ length: time }, () => random.int(1, 20));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / sum);
  });
  return [
    tensorOf(values.flat(), [heads, time, time]),
    Array.from({ length: time }, () => random.int(1, tokens)),
  ];
}

const hand: Args = [
  tensorOf([1, 0, 0, 0.5, 0.5, 0, 0.25, 0.5, 0.25], [1, 3, 3]),
  [7, 8, 7], // place 2 has its copy at 0, and 8 came after it
];
const none: Args = [hand[0], [1, 2, 3]];
const expected = (pattern: PlainTensor, ids: readonly number[]): PlainTensor =>
  score(pattern, ids, induction);

export const inductionScore: Exercise = {
  id: "induction-score",
  fn: "inductionScore",
  title: "Find the heads that copy",
  difficulty: 3,
  importance: 4,
  minutes: 20,
  hints: [
    "Write the text A B C A B under itself. At the second A, where should an induction head look? At which j, and what stands " +
      "at j - 1?",
    [
      "targets[i][j] = 1 where j > 0, j < i and ids[j - 1] = ids[i]; else 0",
      "rows = how many i have a 1 in their row",
      "give (sum over i and j of pattern times targets) / rows, or 0 where rows is 0",
    ].join("\n"),
    "ids is a plain array, so targets can be made with map and turned into tf.tensor2d.",
  ],
  errors: [
    { see: /NaN/, help: "No token came twice: then there is nothing to divide by. Give 0." },
    { see: /could not be broadcast/, help: "targets is [T, T] and broadcasts over the heads of [H, T, T]." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => ...) frees the table of targets." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: 7 8 7",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: [hand, [hand[0], [4, 4, 6]]], expected, wrong, tolerance: 1e-5 }),
    },
    {
      id: "random",
      title: "40 random patterns",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomArgs(t.random)),
          expected,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "none",
      title: "no token comes twice: 0",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [none, hand, [tensorOf([1], [1, 1, 1]), [5]]],
          expected,
          wrong,
          tolerance: 1e-5,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, randomArgs(t.random)], expected, 1e-4),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 1,
      run: (learner, t) =>
        t.noLeaks<Args>(learner, { args: [hand, randomArgs(t.random)], expected, wrong, tolerance: 1e-4 }),
    },
  ],
};
