import type { Exercise } from "../../exercise";
import { rowsOf, tensor, tensorOf, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { dot, length, plus, scaled, unit, type Vector } from "./numbers";

type Args = [first: PlainTensor, second: PlainTensor, temperature?: number];

const total = (values: Vector): number => values.reduce((a, b) => a + b, 0);
const scalar = (value: number): PlainTensor => tensorOf([value], []);

/** log of the sum of the powers of some scores. */
function logSum(scores: Vector): number {
  const top = Math.max(...scores);
  return top + Math.log(total(scores.map((s) => Math.exp(s - top))));
}

interface Rule {
  readonly scale?: (v: Vector) => Vector;
  readonly divide?: (cosine: number, temperature: number) => number;
  /** The loss of a row from its scores. */
  readonly row?: (scores: Vector, i: number) => number;
  readonly mean?: boolean;
  /** Columns in place of rows. */
  readonly turned?: boolean;
}

const crossEntropy = (scores: Vector, i: number): number => logSum(scores) - scores[i];

function loss([first, second, temperature = 0.05]: Args, rule: Rule = {}): PlainTensor {
  const {
    scale = unit,
    divide = (cosine, t) => cosine / t,
    row = crossEntropy,
    mean = true,
    turned = false,
  } = rule;
  const [a, b] = [rowsOf(turned ? second : first).map(scale), rowsOf(turned ? first : second).map(scale)];
  const losses = a.map((x, i) =>
    row(
      b.map((y) => divide(dot(x, y), temperature)),
      i,
    ),
  );
  return scalar(total(losses) / (mean ? losses.length : 1));
}

const right = (...args: Args): PlainTensor => loss(args);
const by =
  (rule: Rule): Wrong<Args>["answer"] =>
  (...args) =>
    loss(args, rule);
const without = (scores: Vector, i: number): number[] => scores.filter((_, j) => j !== i);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The right answer is missing in the sum below the fraction line: the sum runs over ALL j, i itself too. (Without it " +
      "the loss can fall below 0.)",
    answer: by({ row: (scores, i) => logSum(without(scores, i)) - scores[i] }),
  },
  {
    message: "The temperature was multiplied by. Divide: a small temperature makes differences larger.",
    answer: by({ divide: (cosine, t) => cosine * t }),
  },
  { message: "The temperature was not used.", answer: by({ divide: (cosine) => cosine }) },
  {
    message: "The vectors were not scaled to length 1: these are dot products. The loss wants cosines.",
    answer: by({ scale: (v) => v }),
  },
  {
    message:
      "The sum over the rows was taken. The loss is their mean, or it would depend on the size of the batch.",
    answer: by({ mean: false }),
  },
  {
    message:
      "The sum ran over the wrong axis: for row i of `first`, compare all rows of `second` (axis 1 of the scores).",
    answer: by({ turned: true }),
  },
  {
    message:
      "Only the similarity of the right pairs was taken. Without the wrong ones everything may become one point.",
    answer: by({ row: (scores, i) => -scores[i] }),
  },
  {
    message: "This is the logarithm of the sum; the score of the right pair is not taken away.",
    answer: by({ row: logSum }),
  },
  {
    message: "The sign is turned: the loss is MINUS the logarithm of the probability.",
    answer: by({ row: (scores, i) => scores[i] - logSum(scores) }),
  },
  {
    message: "These are probabilities; the logarithm is missing.",
    answer: by({ row: (scores, i) => -Math.exp(scores[i] - logSum(scores)) }),
  },
  {
    message:
      "The powers overflow where the temperature is small: take the row's largest away first, or use tf.logSumExp.",
    answer: by({
      row: (scores, i) => {
        const power = (s: number): number => Math.fround(Math.exp(s));
        return -Math.log(power(scores[i]) / Math.fround(total(scores.map(power))));
      },
    }),
  },
  {
    message:
      "The powers overflow where the temperature is small: take the row's largest away first, or use tf.logSumExp.",
    answer: by({
      row: (scores, i) =>
        Math.log(Math.fround(total(scores.map((s) => Math.fround(Math.exp(s)))))) - scores[i],
    }),
  },
  {
    message: "Row i was compared with itself, in `first`. Its right answer is row i of `second`.",
    answer: (first, _second, temperature) => right(first, first, temperature),
  },
];

/** The gradient with respect to `first`: through the softmax, then through the scaling to length 1. */
function gradient(first: PlainTensor, second: PlainTensor, temperature = 0.05): PlainTensor {
  const a = rowsOf(first);
  const b = rowsOf(second).map(unit);
  const rows = a.map((x, i) => {
    const u = unit(x);
    const scores = b.map((y) => dot(u, y) / temperature);
    const all = logSum(scores);
    const pull = scores.map((s, j) => (Math.exp(s - all) - Number(i === j)) / (a.length * temperature));
    const du = b.reduce((sum, y, j) => plus(sum, y, pull[j]), u.map(() => 0) as Vector);
    return scaled(plus(du, u, -dot(du, u)), 1 / length(x));
  });
  return tensorOf(rows.flat(), first.shape);
}

const one = tensor([
  [2, 0],
  [3, 4],
]);
const two = tensor([
  [5, 0],
  [0, 1],
]);
const three: Args = [
  tensor([
    [1, 0.5, -1],
    [0, 2, 1],
    [-1, -1, 0.5],
  ]),
  tensor([
    [1.2, 0.4, -0.8],
    [0.3, 1.5, 1],
    [0.5, -1, 0.2],
  ]),
  0.5,
];
const extreme: readonly Args[] = [
  [one, two, 0.005],
  [two, one, 0.002],
  [three[0], three[1], 0.01],
];

function randomCase(random: Random): Args {
  const shape = [random.int(2, 5), random.int(2, 4)];
  const values = (): number[] =>
    Array.from({ length: shape[0] * shape[1] }, () => Math.round((random.next() - 0.5) * 600) / 100 || 0.5);
  return [tensorOf(values(), shape), tensorOf(values(), shape), random.pick([0.1, 0.5, 1, 2])];
}

export const simcse: Exercise = {
  id: "simcse",
  fn: "simcseLoss",
  title: "SimCSE's loss",
  difficulty: 4,
  importance: 4,
  minutes: 25,
  hints: [
    "Write all cosines into a table [N, N]. Each row is a question with N choices, and the right choice is on the diagonal.",
    [
      "inside tf.tidy:",
      "  unit(x) = x / sqrt(sum of squares of each row, axis kept, + 1e-12)",
      "  scores = unit(first) times unit(second) transposed, / temperature    [N, N]",
      "  total = log-sum-exp of each row                                      [N]",
      "  right = the diagonal: sum over axis 1 of scores * eye(N)             [N]",
      "  give the mean of total - right",
    ].join("\n"),
    "tf.matMul(a, b, false, true) transposes b. tf.eye(n) has ones on the diagonal.",
  ],
  errors: [
    {
      see: /NaN|Infinity|∞/,
      help: "exp(100) is more than float32 holds. tf.logSumExp(scores, 1) takes care of it.",
    },
    { see: /shape/i, help: "The loss is one number: its shape is []. Take the mean at the end." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return loss; }) frees the rest." },
    {
      see: /Cannot compute gradient/,
      help: "From first to the loss there must be tfjs operations only, no dataSync().",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two sentences",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[one, two, 0.5], [two, one, 1], three],
          expected: right,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "random",
      title: "40 random batches",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "cold",
      title: "small temperatures, and the paper's where none is given",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [...extreme, [one, two], [three[0], three[1]]],
          expected: right,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "gradient",
      title: "its gradient is right",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [three, [one, two, 0.5], [three[1], three[0], 0.2]],
          dy: () => scalar(1),
          expected: gradient,
          tolerance: 1e-3,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone, and no tensors behind",
      points: 3,
      run: async (learner, t) => {
        await t.unchanged<Args>(learner, [three, [one, two, 0.5]], right, 1e-4);
        await t.noLeaks<Args>(learner, { args: [three], expected: right, wrong, tolerance: 1e-4 });
      },
    },
  ],
};
