import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { drawn, fullShares, randomShares, sum } from "./numbers";

type Args = [
  probabilities: readonly (readonly number[])[],
  candidate: readonly number[],
  epsilon: number,
  delta: number,
];

/** One step of the test turned into a mistake. */
interface Ways {
  readonly log?: (p: number) => number;
  /** What 0 log 0 gives. */
  readonly zero?: number;
  readonly threshold?: (epsilon: number, delta: number, entropy: number) => number;
  readonly passes?: (p: number, threshold: number) => boolean;
  /** The row that judges token i. */
  readonly row?: (i: number) => number;
  readonly first?: number;
  readonly goesOn?: boolean;
  /** What is given for a count of accepted tokens. */
  readonly told?: (accepted: number) => number;
}

function count([probabilities, candidate, epsilon, delta]: Args, ways: Ways = {}): number {
  const { log = Math.log, zero = 0, row = (i) => i - 1, first = 1, told = (accepted) => accepted } = ways;
  const threshold = ways.threshold ?? ((e, d, entropy) => Math.min(e, d * Math.exp(-entropy)));
  const passes = ways.passes ?? ((p, bound) => p > bound);
  let accepted = first;
  for (let i = first; i < candidate.length; i++) {
    const judge = probabilities[row(i)];
    if (judge === undefined) break;
    const entropy = -sum(judge.map((p) => (p > 0 ? p * log(p) : zero)));
    if (passes(judge[candidate[i]!]!, threshold(epsilon, delta, entropy))) accepted++;
    else if (!ways.goesOn) break;
  }
  return told(accepted);
}
const right = (...args: Args): number => count(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => count(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake("The entropy was counted in bits, with log2. exp(-H) needs natural logarithms: Math.log.", {
    log: Math.log2,
  }),
  mistake("The LARGER of the two bounds was taken. It is the smaller: min(epsilon, delta exp(-H)).", {
    threshold: (epsilon, delta, entropy) => Math.max(epsilon, delta * Math.exp(-entropy)),
  }),
  mistake(
    "The sign of H is turned round: exp(+H) grows where the model is unsure. The threshold must FALL there: exp(-H), with H >= 0.",
    { threshold: (epsilon, delta, entropy) => Math.min(epsilon, delta * Math.exp(entropy)) },
  ),
  mistake(
    "It went on after a refusal. What stands behind a refused token belongs to another text: stop there.",
    { goesOn: true },
  ),
  mistake(
    "Stop at the first token that is refused, and give how many came before it: the refused one is not accepted.",
    {
      told: (accepted) => accepted + 1,
    },
  ),
  mistake(
    "The first token was tested. The model itself has chosen it: it is always accepted, and judged by no row.",
    {
      first: 0,
      row: (i) => i,
    },
  ),
  mistake("The first token is missing in the count: it is always accepted, so the answer is at least 1.", {
    told: (accepted) => accepted - 1,
  }),
  mistake(
    "Each token was judged by its own row, which says what comes AFTER it. The row before it judges: probabilities[i - 1].",
    {
      row: (i) => i,
    },
  ),
  mistake(
    "0 log 0 became NaN, and a comparison with NaN is false, so nothing passes. Leave tokens with probability 0 out of the sum.",
    { zero: NaN },
  ),
  mistake(
    "0 log 0 became NaN, and a comparison with NaN is false, so nothing is refused. Leave tokens with probability 0 out of the sum.",
    { zero: NaN, passes: (p, bound) => !(p <= bound) },
  ),
  mistake("Only epsilon was asked. Where the model is unsure less will do: min(epsilon, delta exp(-H)).", {
    threshold: (epsilon) => epsilon,
  }),
  mistake(
    "Only delta exp(-H) was asked. Where the model is sure epsilon is enough: min(epsilon, delta exp(-H)).",
    {
      threshold: (_, delta, entropy) => delta * Math.exp(-entropy),
    },
  ),
  mistake("epsilon and delta are exchanged: min(epsilon, delta exp(-H)).", {
    threshold: (epsilon, delta, entropy) => Math.min(delta, epsilon * Math.exp(-entropy)),
  }),
  mistake("The threshold was reached, not passed: a token must be ABOVE it (>, not >=).", {
    passes: (p, bound) => p >= bound,
  }),
  mistake("delta is not in the threshold: min(epsilon, delta exp(-H)).", {
    threshold: (epsilon, _, entropy) => Math.min(epsilon, Math.exp(-entropy)),
  }),
];

/** Rows of many kinds of entropy, and tokens that are near the threshold: some pass, some do not. */
function randomArgs(random: Random, some: (random: Random, size: number) => number[]): Args {
  const [length, size] = [random.int(2, 6), random.int(2, 6)];
  const rows = Array.from({ length: length - random.int(0, 1) }, () => some(random, size));
  const flat = new Array<number>(size).fill(1 / size);
  const candidate = Array.from({ length }, (_, i) =>
    random.next() < 0.5 ? random.int(0, size - 1) : drawn(rows[i - 1] ?? flat, random.next()),
  );
  return [rows, candidate, random.pick([0.09, 0.2, 0.3, 0.5]), random.pick([0.3, 0.5, 0.8, 1.2])];
}

/** Sharp or flat, nothing quite 0. */
const anyShares = (random: Random, size: number): number[] =>
  fullShares(random, size, random.pick([0.3, 1, 4]));

const hand: Args = [[[0.5, 0.5], [1, 0]], [7, 0, 1], 0.09, 0.3]; // prettier-ignore
/** Eight equal tokens: H = log 8, so delta exp(-H) is delta / 8. */
const flat = new Array<number>(8).fill(0.125);

export const typicalAcceptance: Exercise = {
  id: "typical-acceptance",
  fn: "typicalAcceptance",
  title: "Typical acceptance",
  difficulty: 3,
  importance: 3,
  minutes: 15,
  hints: [
    "A row with one sure token has H = 0 and exp(-H) = 1; eight equal tokens have H = log 8 and exp(-H) = 1/8. So which probability is " +
      "enough in each, with delta = 0.3?",
    [
      "accepted = 1",
      "while there is a token candidate[accepted]:",
      "  row = probabilities[accepted - 1]",
      "  H = -sum of p log p over the p of row that are above 0",
      "  stop unless row[candidate[accepted]] > min(epsilon, delta * exp(-H))",
      "  accepted += 1",
      "give accepted",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "0 * Math.log(0) is 0 times -Infinity, NaN: leave out what has probability 0." },
    {
      see: /undefined/,
      help: "The last token has no row after it, or one that judges nothing: token i is judged by row i - 1.",
    },
    { see: /did not end/, help: "A while loop must end at a refusal (break) and at the last token." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: sure and unsure rows",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            hand,
            [[flat, flat], [3, 2, 5], 0.3, 0.5],
            [[[0.6, 0.4]], [2, 0], 0.3, 1.2],
            [[[0.8, 0.1, 0.1], flat], [4, 1, 6], 0.3, 0.5],
            [[[0.25, 0.75], flat, [0.9, 0.1], flat], [1, 0, 2, 1], 0.3, 0.5],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "200 random candidates",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 200 }, () => randomArgs(t.random, anyShares)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "zeros",
      title: "rows with probabilities of 0",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[1, 0], [1, 0]], [1, 0, 0], 0.09, 0.3],
            [[[0, 1], [0, 1]], [0, 0, 1], 0.09, 0.3],
            ...Array.from({ length: 30 }, () => randomArgs(t.random, randomShares)),
          ], // prettier-ignore
          expected: right,
          wrong,
        }),
    },
    {
      id: "edges",
      title: "one token alone; a probability that is just the threshold",
      points: 1,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[], [4], 0.3, 0.5], [[[0.5, 0.5]], [1], 0.3, 0.5], [[[0.25, 0.75]], [1, 0], 0.25, 0.9], [[[0.25, 0.75]], [0, 1], 0.25, 0.9]], // prettier-ignore
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[[0.1, 0.9]], [0, 0], 0.3, 1]], right), // prettier-ignore
    },
  ],
};
