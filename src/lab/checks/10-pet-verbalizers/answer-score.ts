import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { logSumExp, plainLogSumExp, randomScores, sum, tolerance } from "./numbers";

type Args = [logits: readonly (readonly number[])[], answer: readonly number[], perToken: boolean];

/** One step turned into a mistake. */
interface Ways {
  /** The row that judges token k. */
  readonly row?: (k: number) => number;
  readonly total?: (row: readonly number[]) => number;
  /** From the tokens' log-probabilities to the score. */
  readonly told?: (logs: readonly number[], perToken: boolean) => number;
}
const byLength = (logs: readonly number[], perToken: boolean): number =>
  perToken ? sum(logs) / logs.length : sum(logs);

function score([logits, answer, perToken]: Args, ways: Ways = {}): number {
  const { row = (k) => k, total = logSumExp, told = byLength } = ways;
  const logs = answer.map((token, k) => logits[row(k)]![token]! - total(logits[row(k)]!));
  return told(logs, perToken);
}
const right = (...args: Args): number => score(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => score(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "These are sums of raw scores. A score becomes a log-probability by a log-softmax: minus log(sum_j exp(z_j)) of its row.",
    { total: () => 0 },
  ),
  mistake(
    "exp(10,000) is Infinity. Take the row's largest score away before exp, and add it again after log.",
    {
      total: plainLogSumExp,
    },
  ),
  mistake(
    "The wrong row judges: token k was scored by row k + 1, which has already read it. Row k judges token k.",
    {
      row: (k) => k + 1,
    },
  ),
  mistake("Every token was scored by row 0, the one after the prompt alone. Row k judges token k.", {
    row: () => 0,
  }),
  mistake("perToken has no effect: with it, divide the sum by the number of tokens of the answer.", {
    told: (logs) => sum(logs),
  }),
  mistake("Always divided by the number of tokens. That is for perToken only.", {
    told: (logs) => sum(logs) / logs.length,
  }),
  mistake("perToken is turned round: it divides where it should not, and does not where it should.", {
    told: (logs, perToken) => byLength(logs, !perToken),
  }),
  {
    message:
      "Divided by the number of rows. There may be more rows than tokens: divide by the answer's length.",
    answer: (...args) =>
      args[2] ? score(args, { told: (logs) => sum(logs) / args[0].length }) : right(...args),
  },
  mistake("Only the first token was scored. An answer is all its tokens: add up their log-probabilities.", {
    told: (logs) => logs[0]!,
  }),
  mistake("Only the last token was scored. An answer is all its tokens: add up their log-probabilities.", {
    told: (logs) => logs.at(-1)!,
  }),
  mistake("These are probabilities. Asked for is the logarithm: add up log-probabilities.", {
    told: (logs, perToken) => Math.exp(byLength(logs, perToken)),
  }),
  mistake("Probabilities were added. Chained probabilities are MULTIPLIED, so their logarithms are added.", {
    told: (logs, perToken) => Math.log(byLength(logs.map(Math.exp), perToken)),
  }),
  mistake("The sign is turned round: log-probabilities are 0 or less.", {
    told: (logs, perToken) => -byLength(logs, perToken),
  }),
  mistake("These are bits, with log2. Use natural logarithms: Math.log.", {
    told: (logs, perToken) => byLength(logs, perToken) / Math.LN2,
  }),
];

const hand: Args = [[[0, 0], [Math.log(3), 0]], [1, 0], false]; // prettier-ignore

function randomArgs(random: Random): Args {
  const [length, vocab] = [random.int(1, 4), random.int(2, 5)];
  return [
    Array.from({ length: length + random.int(0, 1) }, () => randomScores(random, vocab)),
    Array.from({ length }, () => random.int(0, vocab - 1)),
    random.next() < 0.5,
  ];
}

export const answerScore: Exercise = {
  id: "answer-score",
  fn: "answerScore",
  title: "A word of several tokens",
  difficulty: 3,
  importance: 4,
  minutes: 15,
  forbidden: ["softmax", "logSoftmax"],
  hints: [
    "The answer [7, 3] after a prompt: row 0 has read the prompt, and says how likely 7 is. What has row 1 read, and what does it judge?",
    [
      "sum = 0",
      "for each place k of the answer:",
      "  top = the largest score of logits[k]",
      "  all = top + log(sum of exp(score - top) over the row)",
      "  sum += logits[k][answer[k]] - all",
      "give sum, divided by answer.length if perToken",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "Infinity - Infinity. Take the row's largest score away before exp." },
    {
      see: /undefined/,
      help: "There may be rows after the last token of the answer: loop over the answer, not over the rows.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: 1/2 times 3/4",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [[[0, 0], [Math.log(3), 0]], [1, 1], false], [[[2, 1, 0]], [0], false]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "per-token",
      title: "divided by the tokens of the answer",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [hand[0], hand[1], true],
            hand,
            [[[1, 2], [0, 1], [3, 0]], [0, 1], true],
            [[[1, 2], [0, 1], [3, 0], [5, 5]], [1, 0, 1], true],
          ], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "80 random answers of one to four tokens",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "large",
      title: "scores of 10,000",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[10000, 9999], [-10000, -10001]], [0, 1], false],
            [[[5000, 0]], [1], false],
            [[[800, 801, 799], [1, 2, 3]], [2, 2], true],
          ], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[[1, 2, 3]], [2], true]], right, tolerance), // prettier-ignore
    },
  ],
};
