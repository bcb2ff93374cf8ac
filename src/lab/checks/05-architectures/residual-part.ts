import type { Exercise } from "../../exercise";
import { tensor, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { byRow, gradientOf, map, mean, product, randomTensor, weights, zip } from "./matrices";

type Order = "post" | "pre" | "deep";
type Args = [x: PlainTensor, w1: PlainTensor, w2: PlainTensor, order: Order, alpha: number];

function norm(x: PlainTensor): PlainTensor {
  return byRow(x, (row) => {
    const m = mean(row);
    const by = Math.sqrt(mean(row.map((v) => (v - m) ** 2)) + 1e-5);
    return row.map((v) => (v - m) / by);
  });
}

const feed = (x: PlainTensor, w1: PlainTensor, w2: PlainTensor): PlainTensor =>
  product(
    map(product(x, w1), (v) => Math.max(0, v)),
    w2,
  );
const add = (a: PlainTensor, b: PlainTensor): PlainTensor => zip(a, b, (x, y) => x + y);
const times = (a: PlainTensor, by: number): PlainTensor => map(a, (v) => v * by);

/** An answer that has the right formula for all orders but some. */
type Formula = (x: PlainTensor, f: (y: PlainTensor) => PlainTensor, alpha: number) => PlainTensor;
const formulas: Readonly<Record<Order, Formula>> = {
  post: (x, f) => norm(add(x, f(x))),
  pre: (x, f) => add(x, f(norm(x))),
  deep: (x, f, alpha) => norm(add(times(x, alpha), f(x))),
};
const answer =
  (own: Partial<Record<Order, Formula>> = {}) =>
  (x: PlainTensor, w1: PlainTensor, w2: PlainTensor, order: Order, alpha: number): PlainTensor =>
    ({ ...formulas, ...own })[order](x, (y) => feed(y, w1, w2), alpha);
const right = answer();

const wrong: readonly Wrong<Args>[] = [
  {
    message: 'Pre-LN and Post-LN are exchanged. "pre": x + f(norm(x)); "post": norm(x + f(x)).',
    answer: answer({ pre: formulas.post, post: formulas.pre }),
  },
  {
    message:
      'Everything is Post-LN, also where order is "pre": the norm belongs in front of f there, x + f(norm(x)).',
    answer: answer({ pre: formulas.post }),
  },
  {
    message: 'Everything is Pre-LN. "post" and "deep" norm the sum: norm(x + f(x)).',
    answer: answer({ post: formulas.pre, deep: formulas.pre }),
  },
  {
    message:
      "Pre-LN adds f to norm(x) here. What came in goes on un-normed: x + f(norm(x)), or the straight way from bottom to " +
      "top is lost.",
    answer: answer({ pre: (x, f) => add(norm(x), f(norm(x))) }),
  },
  {
    message: "Post-LN norms only x here, norm(x) + f(x). The sum is normed: norm(x + f(x)).",
    answer: answer({ post: (x, f) => add(norm(x), f(x)), deep: (x, f, a) => add(norm(times(x, a)), f(x)) }),
  },
  {
    message: "Post-LN norms only what f gives here, x + norm(f(x)). The sum is normed: norm(x + f(x)).",
    answer: answer({ post: (x, f) => add(x, norm(f(x))), deep: (x, f, a) => add(times(x, a), norm(f(x))) }),
  },
  {
    message: "The residual connection is missing: what came in must be added to what f gives.",
    answer: answer({ pre: (x, f) => f(norm(x)), post: (x, f) => norm(f(x)), deep: (x, f) => norm(f(x)) }),
  },
  {
    message: "Alpha multiplies what f gives. It belongs to x: norm(alpha x + f(x)).",
    answer: answer({ deep: (x, f, alpha) => norm(add(x, times(f(x), alpha))) }),
  },
  {
    message: "Alpha multiplies x before f reads it, too. f reads x as it came: norm(alpha x + f(x)).",
    answer: answer({ deep: (x, f, alpha) => norm(add(times(x, alpha), f(times(x, alpha)))) }),
  },
  {
    message:
      "Alpha multiplies the sum. A norm takes any factor out again, so that changes nothing: norm(alpha x + f(x)).",
    answer: answer({ deep: (x, f, alpha) => norm(times(add(x, f(x)), alpha)) }),
  },
  {
    message: 'Alpha counts in the other orders, too. It is for "deep" only.',
    answer: answer({
      post: formulas.deep,
      pre: (x, f, alpha) => add(times(x, alpha), f(norm(x))),
    }),
  },
];

const x = tensor([
  [1, 2, 6],
  [0.5, -3, 1],
]);
const w1 = tensor([
  [1, -1, 0.5, 2],
  [0, 1, -1, 0.5],
  [0.5, 0, 1, -1],
]);
const w2 = tensor([
  [1, 0, -1],
  [0.5, 1, 0],
  [0, 2, 1],
  [-1, 1, 0.5],
]);
const orders: readonly Order[] = ["post", "pre", "deep"];
const hand = orders.map((order): Args => [x, w1, w2, order, 3]);

function randomCase(random: Random, order: Order): Args {
  const [time, width, wide] = [random.int(1, 3), random.int(2, 4), random.int(2, 4)];
  return [
    randomTensor(random, [time, width]),
    randomTensor(random, [width, wide]),
    randomTensor(random, [wide, width]),
    order,
    random.int(4, 12) / 2,
  ];
}

export const residualPart: Exercise = {
  id: "residual-part",
  fn: "residualPart",
  title: "Where the norm stands",
  difficulty: 2,
  importance: 5,
  minutes: 10,
  hints: [
    "Draw the way of x from bottom to top. In which order does a norm stand on it, and in which beside it?",
    [
      'if order is "pre": give x + feedForward(normalise(x), w1, w2)',
      'stream = alpha * x if order is "deep", else x',
      "give normalise(stream + feedForward(x, w1, w2))",
    ].join("\n"),
  ],
  errors: [
    { see: /only x here|only what f gives/, help: "In Post-LN the norm comes last: it reads the sum." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: the three orders",
      points: 6,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-3 }),
    },
    {
      id: "random",
      title: "36 random parts",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 36 }, (_, i) => randomCase(t.random, orders[i % 3]!)),
          expected: right,
          wrong,
          tolerance: 3e-3,
        }),
    },
    {
      id: "gradient",
      title: "the gradient goes through both ways",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: hand,
          dy: (each) => weights(each.shape),
          expected: (each, ...rest) => gradientOf((y) => right(y, ...rest), each, weights(each.shape)),
          tolerance: 2e-3,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone, and no tensors behind",
      points: 2,
      run: async (learner, t) => {
        await t.unchanged<Args>(learner, [hand[0]!, hand[1]!], right, 1e-3);
        await t.noLeaks<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-3 });
      },
    },
  ],
};
