import type { Exercise } from "../../exercise";
import { tensorOf, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { fromMatrices, maskOf, matricesOf, permuted, product, randomTensor, reshaped } from "./matrices";
import { attend, type Variant } from "./reference";
import { cutOnly, split } from "./split-heads";

type Args = [
  x: PlainTensor,
  wq: PlainTensor,
  wk: PlainTensor,
  wv: PlainTensor,
  wOut: PlainTensor,
  nHead: number,
];

interface Mistake extends Variant {
  readonly splitting?: (x: PlainTensor, nHead: number) => PlainTensor;
  readonly joining?: (mixed: PlainTensor) => PlainTensor;
  /** The weights of queries, keys, values and output, in another order. */
  readonly order?: readonly [number, number, number, number];
  readonly causal?: boolean;
  readonly withoutOutput?: boolean;
  readonly oneHead?: boolean;
  readonly weightsTransposed?: boolean;
}

const times = (x: PlainTensor, w: PlainTensor): PlainTensor =>
  fromMatrices(
    matricesOf(x).map((rows) => product(rows, matricesOf(w)[0]!)),
    x.shape.slice(0, -2),
  );

const join = (mixed: PlainTensor): PlainTensor => {
  const [batch, heads, time, headDim] = mixed.shape as [number, number, number, number];
  return reshaped(permuted(mixed, [0, 2, 1, 3]), [batch, time, heads * headDim]);
};

function multiHead(args: Args, mistake: Mistake = {}): PlainTensor {
  const [x, wq, wk, wv, wOut, nHead] = args;
  const { splitting = split, joining = join, order = [0, 1, 2, 3], causal = true } = mistake;
  const weights = [wq, wk, wv, wOut].map((w) => (mistake.weightsTransposed ? permuted(w, [1, 0]) : w));
  const [toQ, toK, toV, out] = order.map((i) => weights[i]!) as [
    PlainTensor,
    PlainTensor,
    PlainTensor,
    PlainTensor,
  ];
  const heads = (w: PlainTensor): PlainTensor => splitting(times(x, w), mistake.oneHead ? 1 : nHead);
  const time = x.shape[1]!;
  const mask = causal ? maskOf(time, time, (i, j) => j <= i) : undefined;
  const joined = joining(attend(heads(toQ), heads(toK), heads(toV), mask, mistake));
  return mistake.withoutOutput ? joined : times(joined, out);
}

const wrong = (
  [
    [
      "The heads were put together by a reshape alone: numbers of different tokens ended up in one row. Transpose to " +
        "[B, T, H, D] first, then reshape.",
      { joining: (m) => reshaped(m, [m.shape[0]!, m.shape[2]!, m.shape[1]! * m.shape[3]!]) },
    ],
    [
      "The heads were cut by a reshape alone. Reshape to [B, T, H, D], then transpose to [B, H, T, D].",
      { splitting: cutOnly },
    ],
    [
      "Both cuts are reshapes without a transpose: tokens and heads are mixed up, going in and coming out.",
      {
        splitting: cutOnly,
        joining: (m) => reshaped(m, [m.shape[0]!, m.shape[2]!, m.shape[1]! * m.shape[3]!]),
      },
    ],
    ["Each place also looks at what comes after it: the causal mask is missing.", { causal: false }],
    ["The last product is missing: concat(heads) times wOut.", { withoutOutput: true }],
    ["This is one wide head. Split queries, keys and values into nHead heads first.", { oneHead: true }],
    [
      "Keys and values are exchanged: scores are made of q and k, and what is mixed is v.",
      { order: [0, 2, 1, 3] },
    ],
    [
      "Queries and keys are exchanged: the rows of the scores are those who look, q k^T.",
      { order: [1, 0, 2, 3] },
    ],
    ["The values must be x times wv; here they are x times wk.", { order: [0, 1, 1, 3] }],
    ["The scores are not divided by sqrt(D).", { scale: () => 1 }],
    ["The weights were transposed: it is x times w, with w [C in, C out].", { weightsTransposed: true }],
    ["The softmax went over those who look, and not over what is looked at.", { columns: true }],
  ] as readonly [string, Mistake][]
).map(([message, mistake]): Wrong<Args> => ({ message, answer: (...args) => multiHead(args, mistake) }));

/** The width of the whole model in place of that of a head. */
const wideScale: Wrong<Args> = {
  message:
    "The scores were divided by the root of C, the width of the model. Each head has only D = C / H numbers: sqrt(D).",
  answer: (...args) => multiHead(args, { scale: () => 1 / Math.sqrt(args[0].shape[2]!) }),
};

function randomArgs(random: Random, nHead = random.pick([2, 3])): Args {
  const width = nHead * random.int(2, 3);
  const weight = (): PlainTensor => randomTensor(random, [width, width], 1);
  return [
    randomTensor(random, [random.int(1, 2), random.int(2, 4), width], 2),
    weight(),
    weight(),
    weight(),
    weight(),
    nHead,
  ];
}

/** One token takes its own value, whatever the scores are: what is left is the two products. */
function single(random: Random): Args {
  const args = randomArgs(random);
  const width = args[0].shape[2]!;
  return [randomTensor(random, [1, 1, width]), args[1], args[2], args[3], args[4], args[5]];
}

/** With the identity for all weights, each head attends over its own columns of x. */
function plain(random: Random): Args {
  const identity = tensorOf(
    Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
    [4, 4],
  );
  return [randomTensor(random, [1, 3, 4]), identity, identity, identity, identity, 2];
}

const expected = (...args: Args): PlainTensor => multiHead(args);
const mistakes = [...wrong, wideScale];

export const multiHeadAttention: Exercise = {
  id: "multi-head",
  fn: "multiHeadAttention",
  title: "Multi-head attention",
  difficulty: 3,
  importance: 5,
  minutes: 25,
  hints: [
    "You have the parts: splitHeads, causalMask, attention. What is new is the way back: [B, H, T, D] to [B, T, C] is the " +
      "way there, read backwards.",
    [
      "for each of wq, wk, wv: split x times the weights into heads       [B, H, T, D]",
      "mixed = attention(those three, causal mask)                        [B, H, T, D]",
      "transpose to [B, T, H, D], reshape to [B, T, C]",
      "give that times wOut",
    ].join("\n"),
    "tf.matMul of [B, T, C] and [C, C] does not work in tfjs: reshape x to [B * T, C] for the product, and back after it.",
  ],
  errors: [
    {
      see: /matMul|inner|batch dimensions/,
      help: "For x times w, reshape x to [B * T, C] first: matMul wants two matrices, or equal axes in front.",
    },
    {
      see: /Not implemented yet/,
      help: "It calls another function of this file that is not written yet: do exercises 1 to 3 first.",
    },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "identity",
      title: "weights that change nothing: two heads on two halves",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [plain(t.random), plain(t.random)],
          expected,
          wrong: mistakes,
          tolerance: 1e-4,
        }),
    },
    {
      id: "random",
      title: "15 random models",
      points: 8,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 15 }, () => randomArgs(t.random)),
          expected,
          wrong: mistakes,
          tolerance: 1e-3,
        }),
    },
    {
      id: "edge",
      title: "one head, and one token",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [randomArgs(t.random, 1), single(t.random), single(t.random)],
          expected,
          wrong: mistakes,
          tolerance: 1e-3,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) =>
        t.unchanged<Args>(learner, [randomArgs(t.random), plain(t.random)], expected, 1e-3),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 2,
      run: (learner, t) =>
        t.noLeaks<Args>(learner, {
          args: [randomArgs(t.random), plain(t.random)],
          expected,
          wrong: mistakes,
          tolerance: 1e-3,
        }),
    },
  ],
};
