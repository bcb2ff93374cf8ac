import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

type Sentences = readonly (readonly string[])[];
type Args = [sentences: Sentences, window: number];

/** Counts by a rule that says what is near: the right one, and the classic mistakes. */
function counted(
  sentences: Sentences,
  near: (from: number, to: number) => boolean,
  once = false,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sentence of sentences) {
    const keys = sentence.flatMap((word, i) =>
      sentence.filter((_, j) => near(i, j)).map((other) => `${word} ${other}`),
    );
    for (const key of once ? new Set(keys) : keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

const within =
  (window: number) =>
  (i: number, j: number): boolean =>
    i !== j && Math.abs(i - j) <= window;
const right = (sentences: Sentences, window: number): Map<string, number> =>
  counted(sentences, within(window));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Pairs were counted across the end of a sentence. The last word of one and the first of the next never met.",
    answer: (sentences, window) => right([sentences.flat()], window),
  },
  {
    message:
      "Only neighbours to the right were counted. Look to both sides: the count of “a b” is that of “b a”.",
    answer: (sentences, window) => counted(sentences, (i, j) => j > i && j - i <= window),
  },
  {
    message: "Only neighbours to the left were counted. Look to both sides.",
    answer: (sentences, window) => counted(sentences, (i, j) => j < i && i - j <= window),
  },
  {
    message: "The window ends one place too early: a word that is exactly `window` places away is near.",
    answer: (sentences, window) => counted(sentences, within(window - 1)),
  },
  {
    message:
      "To the right the window ends one place too early: a loop up to i + window must include it (<=).",
    answer: (sentences, window) => counted(sentences, (i, j) => i !== j && j >= i - window && j < i + window),
  },
  {
    message: "The window is one place too wide.",
    answer: (sentences, window) => counted(sentences, within(window + 1)),
  },
  {
    message: "Each place counted itself as a neighbour: leave out j = i.",
    answer: (sentences, window) => counted(sentences, (i, j) => Math.abs(i - j) <= window),
  },
  {
    message:
      "Equal words were left out. It is the PLACE that is no neighbour of itself; in “no no” the word meets itself twice.",
    answer: (sentences, window) =>
      new Map([...right(sentences, window)].filter(([key]) => key.split(" ")[0] !== key.split(" ")[1])),
  },
  {
    message: "Each pair was counted once a sentence, however often it occurs.",
    answer: (sentences, window) => counted(sentences, within(window), true),
  },
  {
    message:
      "Every count is doubled: each place looks to both sides, so a meeting must be counted once from each side.",
    answer: (sentences, window) => new Map([...right(sentences, window)].map(([key, n]) => [key, 2 * n])),
  },
];

const tea = ["we", "like", "green", "tea"];
const text: Sentences = [tea, ["no", "no", "we", "like", "coffee"]];

const randomText = (random: Random): Sentences =>
  Array.from({ length: random.int(1, 4) }, () =>
    Array.from({ length: random.int(1, 8) }, () => random.pick(["a", "b", "c"])),
  );

export const countNeighbours: Exercise = {
  id: "count-neighbours",
  fn: "countNeighbours",
  title: "Count neighbours",
  difficulty: 2,
  importance: 4,
  minutes: 10,
  hints: [
    "Stand on each word in turn. Which places can you see from there? Not your own, and none outside the sentence.",
    [
      "for each sentence, for each place i in it:",
      "  for j from max(0, i - window) to min(last place, i + window):",
      "    if j is not i: add 1 to the count of pairKey(word i, word j)",
    ].join("\n"),
    "counts.set(key, (counts.get(key) ?? 0) + 1) also works for the first time.",
  ],
  errors: [
    { see: /undefined/, help: "A place before the start or behind the end of the sentence holds undefined." },
    { see: /across the end/, help: "Begin anew with each sentence; do not join them." },
    { see: /too early|too wide/, help: "|i - j| <= window, with the equals sign, is near." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: we like green tea",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[tea], 1],
            [[tea], 2],
            [[["a", "b"]], 5],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "sentences",
      title: "several sentences, equal words, a sentence of one word",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [text, 2],
            [[["no", "no"], ["no"]], 1],
            [[["a"], ["b"], []], 3],
            [[], 2],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "100 random texts",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 100 }, (): Args => [randomText(t.random), t.random.int(1, 4)]),
          expected: right,
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
            [text, 1],
            [[tea], 3],
          ],
          right,
        ),
    },
  ],
};
