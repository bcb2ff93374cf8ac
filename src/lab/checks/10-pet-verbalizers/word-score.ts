import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { mean, randomLabels, sum, tolerance } from "./numbers";

type Args = [q: readonly number[], labels: readonly number[], label: number];

const kept = (q: number): number => Math.min(Math.max(q, 1e-6), 1 - 1e-6);
const odds = (q: number): number => Math.log(kept(q) / (1 - kept(q)));

/** What a text's probability is worth, for its own label and for others, and how both sides are joined. */
interface Ways {
  readonly own?: (q: number) => number;
  readonly other?: (q: number) => number;
  readonly side?: (values: readonly number[]) => number;
  readonly others?: (label: number, asked: number) => boolean;
  readonly join?: (own: number, other: number) => number;
}

function score([q, labels, label]: Args, ways: Ways = {}): number {
  const { own = odds, other = own, side = mean, join = (a, b) => a - b } = ways;
  const others = ways.others ?? ((each, asked) => each !== asked);
  const mine = q.filter((_, i) => labels[i] === label).map(own);
  const rest = q.filter((_, i) => others(labels[i]!, label)).map(other);
  return join(side(mine), side(rest));
}
const right = (...args: Args): number => score(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => score(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake("Both sides are SUMS, so a label with few texts hardly counts. Take a mean on each side.", {
    side: sum,
  }),
  {
    message: "Both sides were divided by the number of ALL texts. Each has a mean of its own.",
    answer: (...args) => score(args, { side: sum }) / args[0].length,
  },
  mistake("Only log q was used. A likelihood ratio compares q with 1 - q: log(q / (1 - q)).", {
    own: (q) => Math.log(kept(q)),
  }),
  mistake(
    "This is the cross-entropy: log q for its own texts and log(1 - q) for others. It prefers words that are frequent everywhere; take log(q / (1 - q)) on both sides.",
    {
      own: (q) => Math.log(kept(q)),
      other: (q) => Math.log(1 - kept(q)),
      join: (a, b) => a + b,
    },
  ),
  mistake("Probabilities were compared, without a logarithm: log(q / (1 - q)).", { own: (q) => q }),
  mistake("The odds q / (1 - q) have no logarithm yet.", { own: (q) => kept(q) / (1 - kept(q)) }),
  mistake("The logarithm was taken of the means. Take the logarithm of each text's odds first, then means.", {
    own: kept,
    join: (a, b) => Math.log(a / (1 - a)) - Math.log(b / (1 - b)),
  }),
  mistake("Both sides were added. What is likely in OTHER texts speaks against the word: subtract.", {
    join: (a, b) => a + b,
  }),
  mistake("The signs are turned round: own texts minus others.", { join: (a, b) => b - a }),
  mistake(
    "The other texts are left out. A word that is likely everywhere tells nothing: subtract their mean.",
    {
      join: (a) => a,
    },
  ),
  mistake("The label's own texts are also among the others. Leave them out there.", { others: () => true }),
  mistake(
    "Where q is 0 or 1 the logarithm is infinite. Bring q into 1e-6 ... 1 - 1e-6 first, with Math.min and Math.max.",
    { own: (q) => Math.log(q / (1 - q)) },
  ),
  mistake("The odds are turned over: log(q / (1 - q)), not log((1 - q) / q).", { own: (q) => -odds(q) }),
  mistake("These are bits, with log2. Use natural logarithms: Math.log.", { own: (q) => odds(q) / Math.LN2 }),
];

const hand: Args = [[0.5, 0.2, 0.2], [1, 0, 0], 1];

function randomArgs(random: Random): Args {
  const count = random.int(2, 7);
  const labels = randomLabels(random, count, random.int(2, 3));
  const q = Array.from({ length: count }, () => Math.round(1 + 98 * random.next() ** 2) / 100);
  return [q, labels, random.pick(labels)];
}

export const wordScore: Exercise = {
  id: "word-score",
  fn: "wordScore",
  title: "Is this a good label word?",
  difficulty: 2,
  importance: 3,
  minutes: 15,
  hints: [
    'The word "the" may have q = 0.3 in every text. Which score should it get?',
    [
      "for each text: q into 1e-6 ... 1 - 1e-6, then log(q / (1 - q))",
      "own = the mean over the texts whose label is `label`",
      "others = the mean over the other texts",
      "give own - others",
    ].join("\n"),
  ],
  errors: [
    { see: /Infinity/, help: "q is 0 or 1: Math.min(Math.max(q, 1e-6), 1 - 1e-6) before the logarithm." },
    { see: /NaN/, help: "A mean of nothing is 0 / 0. Is `labels[i] === label` asked of the right text?" },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: even odds against one to four",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [[0.3, 0.3, 0.3], [0, 1, 1], 0], [[0.9, 0.1, 0.5, 0.1], [2, 0, 2, 1], 2], [hand[0], hand[1], 0]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "80 random words",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "edges",
      title: "probabilities of 0 and 1",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[1, 0], [0, 1], 0], [[0, 0.5, 0.5], [0, 1, 0], 0], [[1e-9, 0.5], [1, 0], 1], [[0.25, 0.5], [1, 0], 1]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[1, 0.4], [0, 1], 1]], right, tolerance), // prettier-ignore
    },
  ],
};
