import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { IGNORE, mean, sum } from "./texts";

type Args = [logits: readonly (readonly number[])[], ids: readonly number[]];

interface Ways {
  /** The label of row t. */
  readonly label?: (ids: readonly number[], t: number) => number | undefined;
  readonly surprise?: (row: readonly number[], label: number) => number;
  readonly reduce?: (surprises: number[], rows: number) => number;
}

const logSumExp = (row: readonly number[]): number => {
  const top = Math.max(...row);
  return top + Math.log(sum(row.map((score) => Math.exp(score - top))));
};

function loss([logits, ids]: Args, ways: Ways = {}): number {
  const label = ways.label ?? ((all, t) => all[t + 1]);
  const surprise = ways.surprise ?? ((row, id) => logSumExp(row) - row[id]!);
  const reduce = ways.reduce ?? ((all) => (all.length === 0 ? 0 : mean(all)));
  const surprises = ids.flatMap((_, t) => {
    const id = label(ids, t);
    return id === undefined || id === IGNORE ? [] : [surprise(logits[t]!, id)];
  });
  return reduce(surprises, ids.length - 1);
}
const right = (...args: Args): number => loss(args);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The labels are not shifted: row t was asked for ids[t], which the model has just read. A model that copies its input would get a perfect loss. The label of row t is ids[t + 1].",
    answer: (...args) => loss(args, { label: (ids, t) => ids[t] }),
  },
  {
    message:
      "No shift: row t was asked for ids[t], though the last row was left out. The label of row t is ids[t + 1].",
    answer: (...args) => loss(args, { label: (ids, t) => (t + 1 < ids.length ? ids[t] : undefined) }),
  },
  {
    message:
      "The shift goes in the wrong direction: row t was asked for ids[t - 1], the past. The label of row t is ids[t + 1].",
    answer: (...args) => loss(args, { label: (ids, t) => ids[t - 1] }),
  },
  {
    message:
      "The last row was asked for the first id. Nothing comes after the last token, so its row has no label.",
    answer: (...args) => loss(args, { label: (ids, t) => ids[(t + 1) % ids.length] }),
  },
  {
    message: "The labels lie two places further on. The label of row t is ids[t + 1].",
    answer: (...args) => loss(args, { label: (ids, t) => ids[t + 2] }),
  },
  {
    message: "This is the sum of the losses. Divide by how many labels count.",
    answer: (...args) => loss(args, { reduce: sum }),
  },
  {
    message:
      "The sum was divided by the number of all rows. Rows whose label is IGNORE, and the last row, do not count.",
    answer: (...args) => loss(args, { reduce: (all, rows) => (rows < 1 ? 0 : sum(all) / rows) }),
  },
  {
    message:
      "The sum was divided by the number of ids. The last row has no label, so one less counts (and none for IGNORE).",
    answer: (...args) => loss(args, { reduce: (all, rows) => sum(all) / (rows + 1) }),
  },
  {
    message: "Where no label counts the loss must be 0, not NaN: 0 / 0 has no answer.",
    answer: (...args) => loss(args, { reduce: mean }),
  },
  {
    message:
      "exp of a large score is Infinity. Take the row's largest score away before exp, and add it after log.",
    answer: (...args) => loss(args, { surprise: (row, id) => Math.log(sum(row.map(Math.exp))) - row[id]! }),
  },
  {
    message:
      "softmax became 0 or NaN before its logarithm was taken. Compute log-sum-exp minus the label's score instead.",
    answer: (...args) =>
      loss(args, { surprise: (row, id) => -Math.log(Math.exp(row[id]! - Math.max(...row)) / sum(row.map((s) => Math.exp(s - Math.max(...row))))) }), // prettier-ignore
  },
  {
    message: "The sign is wrong: a loss is -log p, never below 0.",
    answer: (...args) => -loss(args),
  },
  {
    message: "The logarithm is to base 2 (bits). Losses are in nats: Math.log.",
    answer: (...args) => loss(args) / Math.LN2,
  },
  {
    message: "This is the mean of 1 - p or of p. The loss is the mean of -log p.",
    answer: (...args) => loss(args, { surprise: (row, id) => 1 - Math.exp(row[id]! - logSumExp(row)) }),
  },
];

function randomCase(random: Random, { ignored = 0, size = 3 } = {}): Args {
  const [length, vocabSize] = [random.int(2, 5), random.int(2, 4)];
  const logits = Array.from({ length }, () =>
    Array.from({ length: vocabSize }, () => Math.round((2 * random.next() - 1) * size * 100) / 100),
  );
  const ids = Array.from({ length }, () => (random.next() < ignored ? IGNORE : random.int(0, vocabSize - 1)));
  return [logits, ids];
}

export const nextTokenLoss: Exercise = {
  id: "next-token-loss",
  fn: "nextTokenLoss",
  title: "The loss of a language model",
  difficulty: 2,
  importance: 5,
  minutes: 20,
  hints: [
    "For each t up to the last but one: the label is ids[t + 1], the loss is log-sum-exp of logits[t] minus logits[t][label].",
    [
      "sum = 0, counted = 0",
      "for t from 0 to number of ids - 2:",
      "  label = ids[t + 1]; if it is IGNORE: go on",
      "  top = largest of logits[t]",
      "  sum += top + log(sum of exp(score - top)) - logits[t][label]; counted += 1",
      "loss = sum / counted, or 0 where nothing counted",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN/,
      help: "logits[t][-100] is undefined, and undefined - 1 is NaN: skip labels that are IGNORE. Or nothing counted: 0 / 0.",
    },
    {
      see: /Infinity|∞/,
      help: "exp(10000) is Infinity. Take the row's largest score away first, and add it again after the logarithm.",
    },
    { see: /undefined/, help: "ids[t + 1] is undefined in the last row: stop one row earlier." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: three tokens",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [
                [0, 0],
                [Math.log(3), 0],
                [5, 0],
              ],
              [0, 1, 0],
            ],
            [
              [
                [1, 2, 3],
                [0, 4, 0],
              ],
              [0, 2],
            ],
          ],
          expected: right,
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
          args: Array.from({ length: 80 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "ignore",
      title: "labels that do not count",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [
                [1, 0],
                [0, 1],
                [2, 2],
              ],
              [0, IGNORE, 1],
            ],
            [
              [
                [1, 0],
                [0, 1],
              ],
              [1, IGNORE],
            ],
            ...Array.from({ length: 40 }, () => randomCase(t.random, { ignored: 0.3 })),
          ],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "overflow",
      title: "scores of 10,000",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [
                [10_000, 9_999],
                [0, 0],
              ],
              [0, 1],
            ],
            [
              [
                [0, -10_000, -9_990],
                [0, 0, 0],
              ],
              [0, 2],
            ],
            ...Array.from({ length: 20 }, () => randomCase(t.random, { size: 10_000 })),
          ],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<Args>(
          learner,
          [randomCase(t.random), randomCase(t.random, { ignored: 0.3 })],
          right,
          1e-9,
        ),
    },
  ],
};
