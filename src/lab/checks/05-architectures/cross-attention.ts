import type { Exercise } from "../../exercise";
import { tensor, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { dot, gradientOf, plain, randomTensor, rowsIn, total, transposed, weights } from "./matrices";

type Args = [q: PlainTensor, k: PlainTensor, v: PlainTensor, lengths: readonly number[]];
type Matrix = readonly (readonly number[])[];

/** The matrices of a batch. */
function batches(x: PlainTensor): number[][][] {
  const rows = rowsIn(x);
  const time = x.shape[1] ?? 0;
  return Array.from({ length: x.shape[0] ?? 0 }, (_, b) => rows.slice(b * time, (b + 1) * time));
}

function softmax(row: readonly number[]): number[] {
  const top = Math.max(...row);
  const powers = row.map((s) => Math.exp(s - top));
  return powers.map((p) => p / total(powers));
}

/** How a mistaken answer differs from the right one. */
interface Ways {
  readonly scale: (width: number) => number;
  /** Whether query t of source b may look at place s. */
  readonly open: (s: number, t: number, b: number) => boolean;
  /** The score of a place that is not open. */
  readonly closed: number;
  readonly weigh: (scores: Matrix) => Matrix;
  /** What becomes of weights after the softmax. */
  readonly after: (weight: number, s: number, b: number) => number;
}

const attend =
  (own: (lengths: readonly number[]) => Partial<Ways> = () => ({})) =>
  (q: PlainTensor, k: PlainTensor, v: PlainTensor, lengths: readonly number[]): PlainTensor => {
    const ways: Ways = {
      scale: (width) => 1 / Math.sqrt(width),
      open: (s, _t, b) => s < lengths[b]!,
      closed: -1e9,
      weigh: (scores) => scores.map(softmax),
      after: (weight) => weight,
      ...own(lengths),
    };
    const [keys, values] = [batches(k), batches(v)];
    const width = q.shape[2] ?? 1;
    const mixed = batches(q).flatMap((queries, b) => {
      const scores = queries.map((query, t) =>
        keys[b]!.map((key, s) => (ways.open(s, t, b) ? dot(query, key) * ways.scale(width) : ways.closed)),
      );
      const columns = transposed(values[b]!);
      return ways
        .weigh(scores)
        .map((row) => row.map((weight, s) => ways.after(weight, s, b)))
        .flatMap((row) => columns.map((column) => dot(row, column)));
    });
    return plain(mixed, [q.shape[0]!, q.shape[1]!, v.shape[2]!]);
  };
const right = attend();
const all = (): boolean => true;

const wrong: readonly Wrong<Args>[] = [
  {
    message: "Padding is looked at: the places from lengths[b] on must get weight 0.",
    answer: attend(() => ({ open: all })),
  },
  {
    message: "The scores are not divided by sqrt(D).",
    answer: attend(() => ({ scale: () => 1 })),
  },
  {
    message: "The scores were divided by D, not by its root.",
    answer: attend(() => ({ scale: (width) => 1 / width })),
  },
  {
    message:
      "The scores were multiplied by sqrt(D). Divide by it: scores of long vectors are large, and softmax would be all or " +
      "nothing.",
    answer: attend(() => ({ scale: Math.sqrt })),
  },
  {
    message:
      "Padding was set to 0 after the softmax, so that the weights no longer add up to 1. Take it out of the scores, " +
      "before the softmax.",
    answer: attend((lengths) => ({ open: all, after: (weight, s, b) => (s < lengths[b]! ? weight : 0) })),
  },
  {
    message:
      "Scores of padding were set to 0. exp(0) is 1, so padding still gets weight: set them to -Infinity or -1e9.",
    answer: attend(() => ({ closed: 0 })),
  },
  {
    message:
      "The mask of a decoder is here: query t sees places up to t. The whole source is open to every query.",
    answer: attend((lengths) => ({ open: (s, t, b) => s <= t && s < lengths[b]! })),
  },
  {
    message: "The lengths masked the queries (the target). They belong to the source: mask the keys.",
    answer: attend((lengths) => ({ open: (_s, t, b) => t < lengths[b]! })),
  },
  {
    message: "Every source was given the length of the first. Each has its own.",
    answer: attend((lengths) => ({ open: (s) => s < lengths[0]! })),
  },
  {
    message: "One place too many is open: with length n the last real place is n - 1.",
    answer: attend((lengths) => ({ open: (s, _t, b) => s <= lengths[b]! })),
  },
  {
    message: "Padding is open and the real places are closed: the mask is turned round.",
    answer: attend((lengths) => ({ open: (s, _t, b) => s >= lengths[b]! })),
  },
  {
    message:
      "The softmax ran over the queries. Each query's weights add up to 1: along the source, the last axis.",
    answer: attend(() => ({ weigh: (scores) => transposed(transposed(scores).map(softmax)) })),
  },
];

const q1 = tensor([
  [
    [1, 0],
    [0, 2],
  ],
]);
const k1 = tensor([
  [
    [1, 1],
    [0, 3],
    [2, -1],
  ],
]);
const v1 = tensor([[[1], [10], [100]]]);
const hand: readonly Args[] = [
  [q1, k1, v1, [3]],
  [q1, k1, v1, [2]],
  [q1, k1, v1, [1]],
];

function randomCase(random: Random): Args {
  const [batch, time, places] = [random.int(1, 3), random.int(1, 4), random.int(1, 4)];
  const [width, wide] = [random.int(1, 4), random.int(1, 3)];
  return [
    randomTensor(random, [batch, time, width]),
    randomTensor(random, [batch, places, width]),
    randomTensor(random, [batch, places, wide]),
    Array.from({ length: batch }, () => random.int(1, places)),
  ];
}

/** What stands at padding is rubbish, and must not show. */
function rubbish(random: Random): Args {
  const [q, k, v, lengths] = randomCase(random);
  const spoilt = (x: PlainTensor): PlainTensor =>
    plain(
      batches(x).flatMap((rows, b) =>
        rows.flatMap((row, s) => (s < lengths[b]! ? row : row.map(() => 3000))),
      ),
      x.shape,
    );
  return [q, spoilt(k), spoilt(v), lengths];
}

export const crossAttention: Exercise = {
  id: "cross-attention",
  fn: "crossAttention",
  title: "Cross attention",
  difficulty: 3,
  importance: 5,
  minutes: 15,
  hints: [
    "The scores are a matrix for each sequence: a row for each query, a column for each place of the source. Padding is columns.",
    [
      "inside tf.tidy:",
      "  scores = q k^T / sqrt(D)                                     [B, T, S]",
      "  real = place number 0 .. S - 1 < the source's length         [B, 1, S]",
      "  scores = -1e9 where not real",
      "  give softmax(scores) v                                       [B, T, E]",
    ].join("\n"),
    "tf.matMul(q, k, false, true) is q k^T for each sequence. tf.less(tf.reshape(tf.range(0, S), [1, 1, S]), tf.reshape(" +
      "tf.tensor1d(lengths), [B, 1, 1])) broadcasts to [B, 1, S].",
  ],
  errors: [
    {
      see: /inner dimensions|inner shapes|matMul/i,
      help: "k is [B, S, D] and must be turned: tf.matMul(q, k, false, true).",
    },
    { see: /NaN/, help: "A softmax over nothing but -Infinity is 0 / 0: is a whole row closed?" },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one source, three lengths",
      points: 5,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-4 }),
    },
    {
      id: "random",
      title: "40 random batches",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-3,
        }),
    },
    {
      id: "padding",
      title: "rubbish at padding does not show",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 12 }, () => rubbish(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-3,
        }),
    },
    {
      id: "gradient",
      title: "its gradient",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: hand.slice(0, 2),
          dy: (q, _k, v) => weights([q.shape[0]!, q.shape[1]!, v.shape[2]!]),
          expected: (q, k, v, lengths) =>
            gradientOf(
              (each) => right(each, k, v, lengths),
              q,
              weights([q.shape[0]!, q.shape[1]!, v.shape[2]!]),
            ),
          tolerance: 1e-3,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone, and no tensors behind",
      points: 1,
      run: async (learner, t) => {
        await t.unchanged<Args>(learner, [hand[0]!, hand[1]!], right, 1e-4);
        await t.noLeaks<Args>(learner, { args: [hand[1]!], expected: right, wrong, tolerance: 1e-4 });
      },
    },
  ],
};
