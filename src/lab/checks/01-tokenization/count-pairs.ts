import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";
import { pairCounts, randomWords, word, type Word } from "./words";

type Args = [words: readonly Word[]];

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Each word was counted once. A word that occurs `count` times adds `count` to each of its pairs.",
    answer: (words) => pairCounts(words, { weighted: false }),
  },
  {
    message: 'Overlapping pairs were counted once. "a a a" has "a a" at two places, and both count.',
    answer: (words) => pairCounts(words, { overlapping: false }),
  },
  {
    message: "A pair that stands twice in one word was counted once there. Every place counts.",
    answer: (words) => pairCounts(words, { oncePerWord: true }),
  },
  {
    message: "Pairs were counted across the end of a word. Begin anew with every word.",
    answer: acrossWords,
  },
  {
    message:
      "A pair that was met again got its new count in place of the old one. Add: (counts.get(key) ?? 0) + count.",
    answer: (words) =>
      new Map(words.flatMap((one) => [...pairCounts([one]).keys()].map((key) => [key, one.count] as const))),
  },
  {
    message: "The last pair of each word is missing: the loop ends one place too early.",
    answer: (words) => pairCounts(words.map((one) => ({ ...one, symbols: one.symbols.slice(0, -1) }))),
  },
  ...["", ",", "-", "_"].map((between) => ({
    message: "The counts are right, but the keys are not made by pairKey(left, right).",
    answer: (words: readonly Word[]) =>
      new Map([...pairCounts(words)].map(([key, count]) => [key.replace(" ", between), count])),
  })),
  {
    message: "These are counts of single symbols; what is asked are pairs of neighbours.",
    answer: (words) =>
      pairCounts(words.flatMap(({ symbols, count }) => symbols.map((s) => word(`${s} ${s}`, count)))),
  },
  {
    message: "All pairs of a word were counted, also symbols that stand apart. Only neighbours make a pair.",
    answer: (words) =>
      pairCounts(
        words.flatMap(({ symbols, count }) =>
          symbols.flatMap((a, i) => symbols.slice(i + 1).map((b) => ({ symbols: [a, b], count }))),
        ),
      ),
  },
  {
    message: "The counts belong to the keys turned round: the left symbol comes first, pairKey(left, right).",
    answer: (words) =>
      pairCounts(words.map(({ symbols, count }) => ({ symbols: [...symbols].reverse(), count }))),
  },
];

function acrossWords(words: readonly Word[]): Map<string, number> {
  const bridges = words.slice(1).map(({ symbols, count }, i) => {
    const before = words[i]!.symbols.at(-1)!;
    return { symbols: [before, symbols[0]!], count };
  });
  return pairCounts([...words, ...bridges]);
}

const corpus = [word("l o w", 5), word("l o w e r", 2), word("n e w e s t", 6)];

export const countPairs: Exercise = {
  id: "count-pairs",
  fn: "countPairs",
  title: "Count pairs",
  difficulty: 1,
  importance: 5,
  minutes: 10,
  hints: [
    "Two loops: over the words, and over the places inside a word that have a right neighbour.",
    [
      "counts = empty Map",
      "for each word { symbols, count }:",
      "  for i from 0 to the last place but one:",
      "    key = pairKey(symbols[i], symbols[i + 1])",
      "    counts[key] = (counts[key] or 0) + count",
    ].join("\n"),
  ],
  errors: [
    { see: /undefined/, help: 'A key such as "w undefined": the inner loop goes one place too far.' },
    { see: /NaN/, help: "counts.get(key) is undefined at first; undefined + 5 is NaN. Start from 0: ?? 0." },
    {
      see: /an object/,
      help: "Give a Map (new Map()), not an object: the other exercises walk over its entries.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: low, lower, newest",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[corpus], [corpus.slice(1)]],
          expected: (w) => pairCounts(w),
          wrong,
        }),
    },
    {
      id: "overlap",
      title: "overlapping pairs, words of one symbol, no words",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[word("a a a", 2), word("a b a b a", 3)]], [[word("x", 4), word("a a a a")]], [[]]],
          expected: (words) => pairCounts(words),
          wrong,
        }),
    },
    {
      id: "random",
      title: "200 random corpora",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 200 }, (): Args => [randomWords(t.random)]),
          expected: (words) => pairCounts(words),
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) =>
        t.unchanged<Args>(learner, [[corpus], [corpus.slice(1)]], (words) => pairCounts(words)),
    },
  ],
};
