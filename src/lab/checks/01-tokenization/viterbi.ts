import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Finding, Toolkit, Wrong } from "../toolkit";
import { quote } from "../compare";
import type { Learner } from "../learner";

type Model = ReadonlyMap<string, number>;
type Args = [text: string, logProbs: Model, unknownLogProb: number];

/**
 * Every cut of `letters` into pieces and single unknown characters (with `anyPart`: into any parts): up to 2^(n-1) of
 * them, so only for short texts.
 */
function allCuts(letters: readonly string[], logProbs: Model, anyPart: boolean): string[][] {
  if (letters.length === 0) return [[]];
  return letters.flatMap((_, i) => {
    const piece = letters.slice(0, i + 1).join("");
    if (i > 0 && !anyPart && !logProbs.has(piece)) return [];
    return allCuts(letters.slice(i + 1), logProbs, anyPart).map((rest) => [piece, ...rest]);
  });
}

/** Log probability of a cut; -Infinity for what is no piece. */
function score(pieces: readonly string[], logProbs: Model, unknown: number): number {
  return pieces.reduce((sum, piece) => {
    const single = Array.from(piece).length === 1;
    return sum + (logProbs.get(piece) ?? (single ? unknown : -Infinity));
  }, 0);
}

/** The cut for which `value` is greatest, by trying them all. */
function best(args: Args, value: (pieces: string[]) => number, anyPart = false): string[] {
  const cuts = allCuts(Array.from(args[0]), args[1], anyPart);
  return cuts.reduce((a, b) => (value(b) > value(a) ? b : a));
}

const mostProbable = (...args: Args): string[] => best(args, (pieces) => score(pieces, args[1], args[2]));

/** A cut of this text, and as probable as the best one. */
function accepts(value: unknown, ...args: Args): boolean {
  if (!isTexts(value)) return false;
  if (value.join("") !== args[0] || value.includes("")) return false;
  const [got, most] = [value, mostProbable(...args)].map((pieces) => score(pieces, args[1], args[2]));
  return got! >= most! - 1e-9;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((piece) => typeof piece === "string");

/** What is wrong with an answer that is no cut at all. */
function explain(value: unknown, text: string, logProbs: Model): string | Finding | undefined {
  if (!isTexts(value)) return undefined;
  if (value.join("") !== text) return "Put together, the pieces do not give the text.";
  const odd = value.find((piece) => !logProbs.has(piece) && Array.from(piece).length !== 1);
  if (odd === undefined) return undefined;
  return {
    message:
      `${quote(odd)} is no piece of the model, and only a single character may stand alone without being one ` +
      "(at the price unknownLogProb).",
    mistake: "What is no piece of the model stands as one.",
  };
}

/** From the left, the longest piece, or the one that `better` prefers. */
function greedy([text, logProbs]: Args, better: (a: string, b: string) => boolean): string[] {
  const out: string[] = [];
  let rest = Array.from(text);
  while (rest.length > 0) {
    const fitting = rest.map((_, i) => rest.slice(0, i + 1).join("")).filter((piece) => logProbs.has(piece));
    const piece = fitting.length === 0 ? rest[0]! : fitting.reduce((a, b) => (better(b, a) ? b : a));
    out.push(piece);
    rest = rest.slice(Array.from(piece).length);
  }
  return out;
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The longest piece was taken each time. That is WordPiece; a Unigram model asks which WHOLE cut is best.",
    answer: (...args) => greedy(args, (a, b) => a.length > b.length),
  },
  {
    message:
      "The most probable piece was taken each time. A good start can force a bad end: compare whole cuts.",
    answer: (...args) => greedy(args, (a, b) => args[1].get(a)! > args[1].get(b)!),
  },
  {
    message: "This is the cut with the fewest pieces; the probabilities do not seem to count.",
    answer: (...args) => best(args, (pieces) => -pieces.length + 1e-3 * score(pieces, args[1], args[2])),
  },
  {
    message: "This is the LEAST probable cut. Log probabilities are negative: the greatest sum is the best.",
    answer: (...args) => best(args, (pieces) => -score(pieces, args[1], args[2])),
  },
  {
    message:
      "The best average per piece won. The probability of a cut is the product of its pieces: add, do not divide.",
    answer: (...args) => best(args, (pieces) => score(pieces, args[1], args[2]) / pieces.length),
  },
  {
    message:
      "The probabilities were added. The probability of a cut is the PRODUCT of its pieces, so it is their " +
      "logarithms that are added: use the numbers as they are, without Math.exp.",
    answer: (...args) =>
      best(args, (pieces) =>
        pieces.reduce((sum, piece) => sum + Math.exp(score([piece], args[1], args[2])), 0),
      ),
  },
  {
    message: "The text was cut into UTF-16 units, so 🙂 became two halves. Walk over code points: [...text].",
    answer: (...args) => mostProbable(...args).flatMap((p) => (args[1].has(p) ? [p] : p.split(""))),
  },
  {
    message:
      "The price unknownLogProb is for a SINGLE character that is no piece; longer parts must be pieces of the model.",
    answer: (...args) => {
      const price = (piece: string): number => args[1].get(piece) ?? args[2];
      return best(args, (pieces) => pieces.reduce((sum, piece) => sum + price(piece), 0), true);
    },
  },
  {
    message: "A character that is no piece was left out. It stands alone, at the price unknownLogProb.",
    answer: (...args) => mostProbable(...args).filter((piece) => args[1].has(piece)),
  },
  {
    message: "The pieces come in backward order: the way back from the end gives the last piece first.",
    answer: (...args) => mostProbable(...args).reverse(),
  },
  {
    message: "The price of an unknown character was not counted (as if it cost 0).",
    answer: (...args) => best(args, (pieces) => score(pieces, args[1], 0)),
  },
];

const hugs: Model = new Map([
  ["hug", -2],
  ["hu", -1],
  ["s", -3],
  ["gs", -5],
  ["h", -4],
  ["u", -4],
  ["g", -4],
]);

function randomCase(random: Random, letters: readonly string[]): Args {
  const logProbs = new Map<string, number>();
  for (const letter of letters.slice(1)) logProbs.set(letter, -2 - 4 * random.next());
  for (let i = random.int(4, 12); i > 0; i--) {
    logProbs.set(random.text(letters, random.int(2, 4)), -1 - 9 * random.next());
  }
  return [random.text(letters, random.int(1, 9)), logProbs, -10];
}

const judged = (learner: Learner, t: Toolkit, args: readonly Args[]): Promise<void> =>
  t.cases<Args>(learner, { args, expected: mostProbable, accepts, wrong, explain });

export const viterbi: Exercise = {
  id: "viterbi",
  fn: "viterbi",
  title: "Unigram: the most probable cut",
  difficulty: 5,
  importance: 3,
  minutes: 30,
  hints: [
    "Suppose you know the best cut of every shorter start of the text. What are the choices for the last piece?",
    [
      "best[0] = 0",
      "for end from 1 to n:",
      "  best[end] = -Infinity",
      "  for start from 0 to end - 1:",
      "    p = log probability of the piece from start to end (unknownLogProb for an unknown single character)",
      "    if best[start] + p > best[end]: best[end] = that, from[end] = start",
      "walk back: end = n, then from[end], ... until 0; turn the pieces round",
    ].join("\n"),
    "To stay fast, let start begin no more than the longest piece's length before end.",
  ],
  errors: [
    {
      see: /did not end|times as long/,
      help: "Trying all cuts doubles the time with each letter. Keep best[end] in a table.",
    },
    {
      see: /NaN/,
      help: "logProbs.get of an unknown piece is undefined, and a number plus undefined is NaN.",
    },
    {
      see: /call stack/,
      help: "A recursion over every character is too deep for long texts; a loop is not.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: hugs, hug",
      points: 3,
      run: (learner, t) =>
        judged(learner, t, [
          ["hugs", hugs, -20],
          ["hug", hugs, -20],
          ["hughugs", hugs, -20],
        ]),
    },
    {
      id: "unknown",
      title: "unknown characters stand alone; the empty text has no pieces",
      points: 3,
      run: (learner, t) =>
        judged(learner, t, [
          ["hugz", hugs, -20],
          ["🙂hug", hugs, -20],
          ["", hugs, -20],
          ["zz", new Map([["zz", -30]]), -10],
          ["zz", new Map([["zz", -30]]), -20],
        ]),
    },
    {
      id: "random",
      title: "150 random models, against all cuts",
      points: 6,
      run: (learner, t) =>
        judged(
          learner,
          t,
          Array.from({ length: 150 }, () => randomCase(t.random, ["z", "a", "b", "c"])),
        ),
    },
    {
      id: "speed",
      title: "a text of 20,000 letters",
      points: 3,
      run: (learner, t) =>
        t.growth<Args>(learner, {
          sizes: [16, 22, 28, 500, 5000, 20_000],
          unit: "letters",
          make: (n) => [
            "ab".repeat(n / 2),
            new Map([
              ["a", -3],
              ["b", -3],
              ["ab", -2],
              ["ba", -2.5],
              ["aba", -4],
            ]),
            -10,
          ],
          expected: (text) => Array.from({ length: text.length / 2 }, () => "ab"),
          limitMs: 2000,
          message:
            "Keep the best cut of each start of the text, and look back no further than the longest piece.",
        }),
    },
  ],
};
