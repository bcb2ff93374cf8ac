import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";
import { learnedMerges, randomWords, word, type Word } from "./words";

type Args = [words: readonly Word[], merges: number];

const wrong: readonly Wrong<Args>[] = [
  {
    message: "Words were counted once each. A pair in a word that occurs `count` times counts `count` times.",
    answer: (words, merges) => learnedMerges(words, merges, { weighted: false }),
  },
  {
    message:
      "Pairs were counted once, at the start. Every merge makes new pairs and takes old ones away: merge in the " +
      "words, then count again.",
    answer: (words, merges) => learnedMerges(words, merges, { recount: false }),
  },
  {
    message:
      "Of equally common pairs the first that was met won. The smaller one (by `<` on strings) must win.",
    answer: (words, merges) => learnedMerges(words, merges, { ties: "first" }),
  },
  {
    message:
      "Of equally common pairs the last that was met won. The smaller one (by `<` on strings) must win.",
    answer: (words, merges) => learnedMerges(words, merges, { ties: "last" }),
  },
  {
    message: "Of equally common pairs the greatest won. Here the smallest (by `<` on strings) must win.",
    answer: (words, merges) => learnedMerges(words, merges, { ties: "greatest" }),
  },
  {
    message:
      'Equally common pairs were put in a dictionary\'s order (localeCompare), where "a" comes before "Z". ' +
      'Compare with `<`, where "Z" is smaller.',
    answer: (words, merges) => learnedMerges(words, merges, { ties: "dictionary" }),
  },
  {
    message: "Equally common pairs were compared by their right symbols. The left symbol decides first.",
    answer: (words, merges) => learnedMerges(words, merges, { ties: "right" }),
  },
  {
    message: "It stopped at pairs that occur once. Go on as long as any word has two symbols.",
    answer: (words, merges) => learnedMerges(words, merges, { least: 2 }),
  },
  {
    message: 'Keys came back. What is asked are the pairs: key.split(" ") is [left, right].',
    answer: (words, merges) => learnedMerges(words, merges).map(([left, right]) => `${left} ${right}`),
  },
  {
    message: "One merge too few: `merges` pairs are asked for.",
    answer: (words, merges) => learnedMerges(words, merges - 1),
  },
  {
    message: "One merge too many: `merges` pairs are asked for.",
    answer: (words, merges) => learnedMerges(words, merges + 1),
  },
  {
    message: "Joined symbols came back. What is asked are the pairs: [left, right].",
    answer: (words, merges) => learnedMerges(words, merges).map(([left, right]) => left + right),
  },
];

/** The corpus of the Hugging Face course on BPE: 5 words, whose first merges are u g, u n, h ug. */
const hugs = [word("h u g", 10), word("p u g", 5), word("p u n", 12), word("b u n", 4), word("h u g s", 5)];

export const trainBpe: Exercise = {
  id: "train-bpe",
  fn: "trainBpe",
  title: "Train BPE",
  difficulty: 3,
  importance: 5,
  minutes: 20,
  hints: [
    "countPairs and mergePair do the work. What is left: choose the best pair, and repeat on the merged words.",
    [
      "learned = []",
      "repeat until learned has `merges` pairs:",
      "  counts = countPairs(words)",
      "  best = the key with the highest count; among equals the smallest key",
      "  no key at all? stop",
      "  push [left, right] = best.split(' ')",
      "  words = every word with its symbols merged by mergePair (new objects; the input stays)",
    ].join("\n"),
  ],
  errors: [
    {
      see: /Not implemented yet: (countPairs|mergePair)/,
      help: "trainBpe stands on exercises 2 and 3: do those first.",
    },
    {
      see: /did not end/,
      help: "If the best pair is not merged in the words, the same pair is best for ever.",
    },
    {
      see: /of undefined|not iterable/,
      help: "When all words are whole, there is no best pair: stop the loop there.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: hug, pug, pun, bun, hugs",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [hugs, 3],
            [hugs.slice(2), 2],
          ],
          expected: (w, n) => learnedMerges(w, n),
          wrong,
        }),
    },
    {
      id: "ties",
      title: "equally common pairs: the smaller one wins",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[word("c d", 2), word("a b", 2), word("b a", 2)], 3],
            [[word("b x", 3), word("b c", 3), word("a z", 3)], 2],
            [[word("x y x y", 1), word("x x", 2)], 2],
            [[word("a q", 2), word("Z q", 2)], 1],
          ],
          expected: (words, merges) => learnedMerges(words, merges),
          wrong,
        }),
    },
    {
      id: "end",
      title: "stops when every word is one symbol; no merges asked, none given",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[word("a b", 3), word("c", 1)], 10],
            [[word("a a a a", 1)], 50],
            [[word("a b c", 1)], 10],
            [hugs, 0],
          ],
          expected: (words, merges) => learnedMerges(words, merges),
          wrong,
        }),
    },
    {
      id: "random",
      title: "100 random corpora",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 100 }, (): Args => [
            randomWords(t.random, "abcd", 8),
            t.random.int(2, 6),
          ]),
          expected: (words, merges) => learnedMerges(words, merges),
          wrong,
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
            [hugs, 4],
            [hugs.slice(2), 2],
          ],
          (words, merges) => learnedMerges(words, merges),
        ),
    },
  ],
};
