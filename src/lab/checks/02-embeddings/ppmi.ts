import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import type { Vector } from "./numbers";

type Counts = readonly Vector[];
type Args = [counts: Counts];

const sum = (row: Vector): number => row.reduce((a, b) => a + b, 0);

interface Sums {
  readonly rows: number[];
  readonly columns: number[];
  readonly total: number;
}

/** Gives each cell to `value`, with the sums of its row and column. */
function table(
  counts: Counts,
  value: (n: number, row: number, column: number, sums: Sums) => number,
): number[][] {
  const rows = counts.map(sum);
  const columns = (counts[0] ?? []).map((_, c) => sum(counts.map((row) => row[c])));
  const sums = { rows, columns, total: sum(rows) };
  return counts.map((row, w) => row.map((n, c) => value(n, rows[w], columns[c], sums)));
}

const pmi = (n: number, row: number, column: number, { total }: Sums): number =>
  Math.log((n * total) / (row * column));
const right = (counts: Counts): number[][] =>
  table(counts, (n, row, column, sums) => (n > 0 ? Math.max(0, pmi(n, row, column, sums)) : 0));
const each = (value: (n: number, row: number, column: number, sums: Sums) => number) => (counts: Counts) =>
  table(counts, (...cell) => (cell[0] > 0 ? value(...cell) : 0));

const wrong: readonly Wrong<Args>[] = [
  {
    message: "Negative values were kept: this is PMI. The positive one is max(0, PMI).",
    answer: each(pmi),
  },
  {
    message:
      "Negative values were kept, and log(0) is -Infinity. PPMI is max(0, PMI), and 0 where the count is 0.",
    answer: (counts) => table(counts, pmi),
  },
  {
    message:
      "A row or column of zeros gives 0 / 0 = NaN, and Math.max(0, NaN) is NaN. Where the count is 0, the answer is 0.",
    answer: (counts) => table(counts, (...cell) => Math.max(0, pmi(...cell))),
  },
  {
    message: "The sign was turned instead of cut: max(0, PMI) makes negative values 0, Math.abs does not.",
    answer: each((...cell) => Math.abs(pmi(...cell))),
  },
  {
    message: "This is the logarithm with base 2 (bits). The natural one is asked, Math.log.",
    answer: each((...cell) => Math.max(0, pmi(...cell) / Math.LN2)),
  },
  {
    message: "The logarithm is missing: these are the quotients.",
    answer: each((n, row, column, { total }) => (n * total) / (row * column)),
  },
  {
    message:
      "Counts were divided in place of probabilities: n / (row * column) lacks a factor, the total. p(w, c) = n / total.",
    answer: each((n, row, column) => Math.max(0, Math.log(n / (row * column)))),
  },
  {
    message: "p(w) alone was divided by: that is log p(c | w) / 1. Divide by p(w) and by p(c).",
    answer: each((n, row) => Math.max(0, Math.log(n / row))),
  },
  {
    message: "The row's sum was used for the column as well. p(c) is the share of the context's COLUMN.",
    answer: (counts) =>
      table(counts, (n, row, _, { total }) => (n > 0 ? Math.max(0, Math.log((n * total) / (row * row))) : 0)),
  },
  {
    message: "1 was added to the counts. No smoothing is asked here.",
    answer: (counts) => right(counts.map((row) => row.map((n) => n + 1))),
  },
];

const small: Counts = [
  [4, 0],
  [2, 2],
];
const wide: Counts = [
  [10, 1, 0, 3],
  [2, 8, 1, 0],
  [5, 5, 5, 5],
];

function randomCounts(random: Random): Counts {
  const width = random.int(2, 5);
  return Array.from({ length: random.int(2, 5) }, () =>
    Array.from({ length: width }, () => (random.next() < 0.35 ? 0 : random.int(1, 30))),
  );
}

export const ppmi: Exercise = {
  id: "ppmi",
  fn: "ppmi",
  title: "Positive pointwise mutual information",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "If two words had nothing to do with each other, how often would you expect them to meet? row sum * column sum / total.",
    [
      "rows = sum of each row; columns = sum of each column; total = sum of all",
      "for each cell: if the count is 0, give 0",
      "  else give max(0, log(count * total / (row sum * column sum)))",
    ].join("\n"),
    "p(w, c) / (p(w) p(c)) = (n / total) / ((row / total) (column / total)) = n total / (row column).",
  ],
  errors: [
    { see: /-?Infinity|−?∞/, help: "log(0) is -Infinity. Give 0 where the count is 0." },
    { see: /NaN/, help: "0 / 0: a row or column without any count. Ask for count > 0 first." },
    { see: /total/, help: "The total is the sum of all counts, of every row." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two words, two contexts",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [small],
            [wide],
            [
              [
                [1, 1],
                [1, 1],
              ],
            ],
          ],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "random",
      title: "60 random tables",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, (): Args => [randomCounts(t.random)]),
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "edge",
      title: "a row of zeros, nothing but zeros, huge counts",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [
                [0, 0, 0],
                [1, 2, 0],
              ],
            ],
            [
              [
                [0, 0],
                [0, 0],
              ],
            ],
            [
              [
                [1e12, 1],
                [3, 1e12],
              ],
            ],
          ],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, [[small], [wide]], right, 1e-9),
    },
  ],
};
