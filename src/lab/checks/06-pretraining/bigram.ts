import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";
import { randomIds, sum } from "./texts";

type Args = [ids: readonly number[], vocabSize: number, k: number];

/** How often b (column) follows a (row). */
function pairs(
  ids: readonly number[],
  vocabSize: number,
  { backward = false, cyclic = false } = {},
): number[][] {
  const counts = Array.from({ length: vocabSize }, () => new Array<number>(vocabSize).fill(0));
  for (let i = 0; i < (cyclic ? ids.length : ids.length - 1); i++) {
    const [a, b] = [ids[i]!, ids[(i + 1) % ids.length]!];
    if (backward) counts[b]![a]!++;
    else counts[a]![b]!++;
  }
  return counts;
}

const shares = (counts: number[][], vocabSize: number, k: number): number[][] =>
  counts.map((row) => {
    const total = sum(row) + k * vocabSize;
    return row.map((count) => (total === 0 ? 1 / vocabSize : (count + k) / total));
  });

const bigrams = (...[ids, vocabSize, k]: Args): number[][] => shares(pairs(ids, vocabSize), vocabSize, k);

const wrong: readonly Wrong<Args>[] = [
  {
    message: "Rows and columns are exchanged: row a must hold what FOLLOWS a.",
    answer: (ids, vocabSize, k) => shares(pairs(ids, vocabSize, { backward: true }), vocabSize, k),
  },
  {
    message:
      "k is missing in the divisor. It was added to each of vocabSize counts, so the row's sum grew by k times vocabSize.",
    answer: (ids, vocabSize, k) =>
      pairs(ids, vocabSize).map((row) => row.map((count) => (count + k) / sum(row))),
  },
  {
    message:
      "The divisor grew by k once. Each of the vocabSize counts of the row got k, so it grows by k times vocabSize.",
    answer: (ids, vocabSize, k) =>
      pairs(ids, vocabSize).map((row) => row.map((count) => (count + k) / (sum(row) + k))),
  },
  {
    message: "These are counts. Divide each by the sum of its row.",
    answer: (ids, vocabSize, k) => pairs(ids, vocabSize).map((row) => row.map((count) => count + k)),
  },
  {
    message:
      "All cells were divided by the sum of the whole table: p(a and b). Asked for is p(b | a), so divide each row by its own sum.",
    answer: (ids, vocabSize, k) => {
      const counts = pairs(ids, vocabSize);
      const all = sum(counts.flat()) + k * vocabSize * vocabSize;
      return counts.map((row) => row.map((count) => (count + k) / all));
    },
  },
  {
    message:
      "Divide by how often a is FOLLOWED by something, not by how often it occurs: the last token of the text has nothing after it.",
    answer: (ids, vocabSize, k) =>
      pairs(ids, vocabSize).map((row, a) => {
        const total = ids.filter((id) => id === a).length + k * vocabSize;
        return row.map((count) => (total === 0 ? 1 / vocabSize : (count + k) / total));
      }),
  },
  {
    message: "The last token was taken to be followed by the first. A text is no circle.",
    answer: (ids, vocabSize, k) => shares(pairs(ids, vocabSize, { cyclic: true }), vocabSize, k),
  },
  {
    message:
      "All rows are the same: fill put ONE array at every place. Make each row with Array.from({ length: vocabSize }, () => ...).",
    answer: (ids, vocabSize, k) => {
      const counts = pairs(ids, vocabSize);
      const one = counts[0]!.map((_, b) => sum(counts.map((row) => row[b]!)));
      return shares(
        counts.map(() => one),
        vocabSize,
        k,
      );
    },
  },
  {
    message: "With k = 0 a row without counts must hold 1 / vocabSize everywhere, and not zeros.",
    answer: (ids, vocabSize, k) =>
      pairs(ids, vocabSize).map((row) => {
        const total = sum(row) + k * vocabSize;
        return row.map((count) => (total === 0 ? 0 : (count + k) / total));
      }),
  },
];

export const bigram: Exercise = {
  id: "bigram",
  fn: "bigramProbabilities",
  title: "Bigrams",
  difficulty: 1,
  importance: 4,
  minutes: 10,
  hints: [
    "A table of vocabSize rows of vocabSize zeros; walk along the text and count each pair of neighbours.",
    [
      "counts = vocabSize rows of vocabSize zeros",
      "for i from 0 to number of ids - 2: counts[ids[i]][ids[i + 1]] += 1",
      "for each row: total = sum(row) + k * vocabSize",
      "  each p = (count + k) / total, or 1 / vocabSize where total is 0",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN/,
      help: "0 / 0: with k = 0 a row may have no counts. Such a row is 1 / vocabSize everywhere.",
    },
    {
      see: /undefined/,
      help: "The last id has no neighbour on its right: ids[i + 1] is undefined there, so stop one place earlier.",
    },
    {
      see: /same row|every row/i,
      help: "new Array(n).fill([]) puts the same row at every place. Make each with Array.from({ length: n }, () => ...).",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: 0 1 0 1 0 0",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[0, 1, 0, 1, 0, 0], 2, 1],
            [[0, 1, 2, 1, 1], 3, 0.5],
          ],
          expected: bigrams,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "random",
      title: "80 random texts",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, (): Args => {
            const vocabSize = t.random.int(2, 4);
            const ids = randomIds(t.random, t.random.int(2, 12), 0, vocabSize - 1);
            return [ids, vocabSize, t.random.pick([0, 0.1, 0.5, 1, 2])];
          }),
          expected: bigrams,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "unseen",
      title: "tokens that nothing follows, with k = 0",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[0, 1], 3, 0],
            [[2, 2, 1], 4, 0],
            [[0], 2, 0],
          ],
          expected: bigrams,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) =>
        t.unchanged<Args>(
          learner,
          [
            [[0, 1, 0], 2, 1],
            [[1, 1, 0, 2], 3, 0.5],
          ],
          bigrams,
          1e-9,
        ),
    },
  ],
};
