import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { learnedMerges, merged, randomWords, type Merge } from "./words";

type Args = [word: string, merges: readonly Merge[]];
type Choose = (ranks: readonly number[]) => number;

/** Ranks of the neighbouring pairs of `symbols`; Infinity where they are no pair of the list. */
function pairRanks(symbols: readonly string[], merges: readonly Merge[]): number[] {
  return symbols.slice(1).map((right, i) => {
    const rank = merges.findIndex(([a, b]) => a === symbols[i] && b === right);
    return rank < 0 ? Infinity : rank;
  });
}

/** Merges the chosen pair again and again. Choosing otherwise than by the lowest rank is the classic mistake. */
function encode(
  word: string,
  merges: readonly Merge[],
  choose: Choose = lowest,
  rounds = Infinity,
): string[] {
  let symbols = Array.from(word);
  for (let round = 0; round < rounds; round++) {
    const rank = choose(pairRanks(symbols, merges));
    const pair = merges[rank];
    if (pair === undefined) return symbols;
    symbols = merged(symbols, pair[0], pair[1]);
  }
  return symbols;
}

const lowest: Choose = (ranks) => Math.min(...ranks);
const highest: Choose = (ranks) => Math.max(-1, ...ranks.filter((rank) => rank < Infinity));
const leftmost: Choose = (ranks) => ranks.find((rank) => rank < Infinity) ?? -1;

/** Greedy longest match over the tokens that the merges make. */
function longestMatch(word: string, merges: readonly Merge[]): string[] {
  const tokens = new Set(merges.map(([left, right]) => left + right));
  const letters = Array.from(word);
  const out: string[] = [];
  for (let start = 0; start < letters.length;) {
    let end = letters.length;
    while (end > start + 1 && !tokens.has(letters.slice(start, end).join(""))) end--;
    out.push(letters.slice(start, end).join(""));
    start = end;
  }
  return out;
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "This is the greedy longest match. BPE does not look for long tokens: the pair that was learned first is " +
      "merged first, even where that spoils a longer token.",
    answer: longestMatch,
  },
  {
    message:
      "The leftmost pair was merged first. Look at all pairs and take the one that is earliest in the list.",
    answer: (word, merges) => encode(word, merges, leftmost),
  },
  {
    message:
      "The pair that was learned last was merged first. A low place in the list goes before a high one.",
    answer: (word, merges) => encode(word, merges, highest),
  },
  {
    message: "Only one pair was merged. Go on until no neighbours are a pair of the list.",
    answer: (word, merges) => encode(word, merges, lowest, 1),
  },
  {
    message: "Nothing was merged: these are the characters.",
    answer: (word) => Array.from(word),
  },
  {
    message:
      "The word was cut into UTF-16 units, so 🙂 became two halves. Begin with code points: [...word].",
    answer: (word, merges) => {
      let symbols = word.split("");
      for (const [left, right] of merges) symbols = merged(symbols, left, right);
      return symbols;
    },
  },
];

const hugs: readonly Merge[] = [
  ["u", "g"],
  ["u", "n"],
  ["h", "ug"],
];
/** "abc": the pair b c was learned first, so "ab" is never made, though it stands further left. */
const order: readonly Merge[] = [
  ["b", "c"],
  ["a", "b"],
  ["ab", "c"],
  ["bc", "d"],
];
/** A long token ("abc") that the order of learning keeps from being made, though its pieces are there. */
const late: readonly Merge[] = [
  ["c", "d"],
  ["b", "c"],
  ["a", "bc"],
  ["a", "b"],
];

/** Doubles "a" up to 2^15 letters. */
const doubling = Array.from({ length: 15 }, (_, i): Merge => ["a".repeat(2 ** i), "a".repeat(2 ** i)]);

function randomCase(random: Random): Args {
  const merges = learnedMerges(randomWords(random, "abc", 9), random.int(3, 9));
  return [random.text([..."abc"], random.int(1, 12)), merges];
}

export const encodeBpe: Exercise = {
  id: "encode-bpe",
  fn: "encodeBpe",
  title: "Encode a word with merges",
  difficulty: 3,
  importance: 5,
  minutes: 20,
  hints: [
    "Give each pair its rank, its place in the list. In each round the pair with the lowest rank is merged.",
    [
      "rank = Map from pairKey(left, right) to its place in merges",
      "symbols = [...word]",
      "for ever:",
      "  lowest = the smallest rank among all neighbouring pairs of symbols",
      "  no pair has a rank? return symbols",
      "  symbols = mergePair(symbols, the two halves of that pair)",
    ].join("\n"),
  ],
  errors: [
    { see: /Not implemented yet: mergePair/, help: "encodeBpe may use your mergePair: do exercise 3 first." },
    {
      see: /did not end/,
      help: "The loop must stop when no pair has a rank. What is your lowest rank then?",
    },
    {
      see: /times as long|limit/,
      help: "One merge per round is slow on long words: merge all places of the pair.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: hugs, bun, mug",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: ["hugs", "bun", "mug"].map((word): Args => [word, hugs]),
          expected: (word, merges) => encode(word, merges),
          wrong,
        }),
    },
    {
      id: "order",
      title: "the order of learning decides, not length or place",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [...["abc", "abcd", "xabcab", "ababc"].map((word): Args => [word, order]), ["abcd", late]],
          expected: (word, merges) => encode(word, merges),
          wrong,
        }),
    },
    {
      id: "random",
      title: "200 random words with trained merges",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [["", hugs], ["x", []], ...Array.from({ length: 200 }, () => randomCase(t.random))],
          expected: (word, merges) => encode(word, merges),
          wrong,
        }),
    },
    {
      id: "unicode",
      title: "accents and emoji are one character each",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            ["é🙂🙂a", [["🙂", "🙂"]]],
            ["🙂中", [["中", "文"]]],
          ],
          expected: (word, merges) => encode(word, merges),
          wrong,
        }),
    },
    {
      id: "speed",
      title: "one word of 32,768 letters",
      points: 2,
      run: (learner, t) =>
        t.growth<Args>(learner, {
          sizes: [2 ** 10, 2 ** 12, 2 ** 14, 2 ** 15],
          unit: "letters",
          make: (n) => ["a".repeat(n), doubling],
          expected: (word) => [word],
          limitMs: 2000,
          message: "Look each pair up in a Map, and merge all places of the chosen pair in one go.",
        }),
    },
  ],
};
