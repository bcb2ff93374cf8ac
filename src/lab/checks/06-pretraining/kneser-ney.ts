import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { sum } from "./texts";

type Table = readonly (readonly number[])[];
type Args = [counts: Table, discount: number];

const kinds = (row: readonly number[]): number => row.filter((count) => count > 0).length;
const column = (counts: Table, b: number): number[] => counts.map((row) => row[b]!);
const continuation = (counts: Table): number[] =>
  counts[0]!.map((_, b) => kinds(column(counts, b)) / kinds(counts.flat()));

interface Ways {
  readonly guess?: (counts: Table) => number[];
  /** What is taken from a row, over its count. */
  readonly taken?: (row: readonly number[], discount: number, guess: readonly number[]) => number;
  readonly share?: (count: number, discount: number) => number;
  readonly empty?: (guess: number[]) => number[];
}

function smoothed(counts: Table, discount: number, ways: Ways = {}): number[][] {
  const guess = (ways.guess ?? continuation)(counts);
  const taken = ways.taken ?? ((row, d) => d * kinds(row));
  const share = ways.share ?? ((count, d) => Math.max(count - d, 0));
  return counts.map((row) => {
    const total = sum(row);
    if (total === 0) return (ways.empty ?? ((g) => [...g]))(guess);
    return row.map((count, b) => (share(count, discount) + taken(row, discount, guess) * guess[b]!) / total);
  });
}
const right = (...[counts, discount]: Args): number[][] => smoothed(counts, discount);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The second guess is b's share of all counts. Kneser and Ney count in how many ROWS b has a count, however large, over the number of cells with a count.",
    answer: (counts, d) =>
      smoothed(counts, d, {
        guess: (table) => table[0]!.map((_, b) => sum(column(table, b)) / sum(table.flat())),
      }),
  },
  {
    message:
      "The second guess is divided by the number of rows. Divide by the number of cells with a count, so that the guesses add up to 1.",
    answer: (counts, d) =>
      smoothed(counts, d, {
        guess: (table) => table[0]!.map((_, b) => kinds(column(table, b)) / table.length),
      }),
  },
  {
    message:
      "The second guess counts what stands in b's row (what follows b). Count in b's COLUMN: after how many tokens b comes.",
    answer: (counts, d) =>
      smoothed(counts, d, { guess: (table) => table.map((row) => kinds(row) / kinds(table.flat())) }),
  },
  {
    message: "The second guess is the same for every b. It must be b's own share of the cells with a count.",
    answer: (counts, d) => smoothed(counts, d, { guess: (table) => table[0]!.map(() => 1 / table.length) }),
  },
  {
    message:
      "The guess is weighed by D / count(a). D was taken from EVERY count of the row, so D times kinds(a) is to be given back.",
    answer: (counts, d) => smoothed(counts, d, { taken: (_, discount) => discount }),
  },
  {
    message: "What the discount took is not given to the second guess: the rows add up to less than 1.",
    answer: (counts, d) => smoothed(counts, d, { taken: () => 0 }),
  },
  {
    message: "Counts below the discount became negative. Nothing can be taken from 0: max(count - D, 0).",
    answer: (counts, d) => smoothed(counts, d, { share: (count, discount) => count - discount }),
  },
  {
    message: "The discount is not taken off the counts, so the rows add up to more than 1.",
    answer: (counts, d) => smoothed(counts, d, { share: (count) => count }),
  },
  {
    message:
      "The guess is used only where the count is 0. That is back-off; here the guess is added to every cell (interpolation), or rows do not add up to 1.",
    answer: (counts, d) =>
      smoothed(counts, d).map((row, a) =>
        row.map((p, b) => (counts[a]![b]! > 0 ? Math.max(counts[a]![b]! - d, 0) / sum(counts[a]!) : p)),
      ),
  },
  {
    message: "A row without counts must be the second guess alone, and not equal shares or zeros.",
    answer: (counts, d) => smoothed(counts, d, { empty: (guess) => guess.map(() => 1 / guess.length) }),
  },
  {
    message: "A row without counts must be the second guess alone, and not equal shares or zeros.",
    answer: (counts, d) => smoothed(counts, d, { empty: (guess) => guess.map(() => 0) }),
  },
  {
    message: "A row without counts must be the second guess alone: 0 / 0 gives NaN, so treat it apart.",
    answer: (counts, d) => smoothed(counts, d, { empty: (guess) => guess.map(() => NaN) }),
  },
];

/** A square table with zeros, some rows all zero, and at least one count. */
function randomTable(random: Random, empty: boolean): number[][] {
  const size = random.int(2, 4);
  const counts = Array.from({ length: size }, () =>
    Array.from({ length: size }, () => (random.next() < 0.4 ? 0 : random.int(1, 6))),
  );
  for (let a = 0; a < size; a++) if (sum(counts[a]!) === 0) counts[a]![random.int(0, size - 1)] = 2;
  if (empty) counts[random.int(1, size - 1)] = new Array<number>(size).fill(0);
  return counts;
}

export const kneserNey: Exercise = {
  id: "kneser-ney",
  fn: "kneserNey",
  title: "Kneser-Ney",
  difficulty: 3,
  importance: 3,
  minutes: 25,
  hints: [
    "Compute guess[b] for all b first: how many cells of column b are above 0, over how many cells of the table are. Then go row by row.",
    [
      "cells = number of counts above 0 in the whole table",
      "guess[b] = number of rows with counts[row][b] > 0, over cells",
      "for each row a:",
      "  total = sum of the row; kinds = number of its counts above 0",
      "  if total is 0: the row of the answer is guess",
      "  else p[b] = (max(count - D, 0) + D * kinds * guess[b]) / total",
    ].join("\n"),
    "Add up a row of your answer. It must be 1, since what D takes, D * kinds, is just what the guess gets.",
  ],
  errors: [
    {
      see: /NaN/,
      help: "A row without counts has total 0, and 0 / 0 is NaN. Its answer is the guess itself.",
    },
    { see: /changed its input/, help: "counts is the caller's table. Use map, which builds new rows." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: a table of four cells",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [
                [0, 2],
                [1, 1],
              ],
              0.5,
            ],
            [
              [
                [3, 0, 1],
                [1, 0, 0],
                [0, 4, 2],
              ],
              0.75,
            ],
          ],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "francisco",
      title: "a frequent token that follows one token only",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [
                [1, 1, 1],
                [0, 0, 40],
                [2, 1, 0],
              ],
              0.75,
            ],
            [
              [
                [0, 1, 0],
                [1, 0, 30],
                [2, 2, 0],
              ],
              0.5,
            ],
          ],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "random",
      title: "80 random tables",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, (): Args => [
            randomTable(t.random, false),
            t.random.pick([0.25, 0.5, 0.75, 0.9]),
          ]),
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "empty",
      title: "a row without counts",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 20 }, (): Args => [randomTable(t.random, true), 0.5]),
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<Args>(
          learner,
          [
            [
              [
                [1, 0],
                [0, 0],
              ],
              0.5,
            ],
            [
              [
                [2, 1],
                [3, 1],
              ],
              0.75,
            ],
          ],
          right,
          1e-9,
        ),
    },
  ],
};
