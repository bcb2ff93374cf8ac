import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { dot, plus, randomVector, scaled, sigmoid, type Vector } from "./numbers";

type Args = [centre: Vector, context: Vector, negatives: readonly Vector[]];

interface Answer {
  readonly loss: number;
  readonly centre: number[];
  readonly context: number[];
  readonly negatives: number[][];
}

/** -log s(x) without a logarithm of 0. */
const surprise = (x: number): number => (x < -30 ? -x : Math.log1p(Math.exp(-x)));

function right(centre: Vector, context: Vector, negatives: readonly Vector[]): Answer {
  const miss = sigmoid(dot(context, centre)) - 1;
  const misses = negatives.map((n) => sigmoid(dot(n, centre)));
  return {
    loss: negatives.reduce((sum, n) => sum + surprise(-dot(n, centre)), surprise(dot(context, centre))),
    centre: negatives.reduce<number[]>((sum, n, k) => plus(sum, n, misses[k]), scaled(context, miss)),
    context: scaled(centre, miss),
    negatives: misses.map((m) => scaled(centre, m)),
  };
}

/** A mistake as a change of the right answer. */
const changed = (change: (answer: Answer, ...args: Args) => Partial<Answer>): Wrong<Args>["answer"] => {
  return (...args) => {
    const answer = right(...args);
    return { ...answer, ...change(answer, ...args) };
  };
};
const turned = (v: Vector): number[] => scaled(v, -1);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "exp overflows beyond 709, and the logarithm of a probability that is 0 is -Infinity. -log s(x) is log(1 + exp(-x)), " +
      "and (nearly) -x where x is below -30.",
    answer: changed((_, v, o, negatives) => ({
      loss: negatives.reduce((sum, n) => sum - Math.log(sigmoid(-dot(n, v))), -Math.log(sigmoid(dot(o, v)))),
    })),
  },
  {
    message:
      "The logarithm of a probability that is 0 in 64 bits is -Infinity: 1 - s(x) is 0 for a large x. Use log(1 + exp(x)), " +
      "and x where x is very large.",
    answer: changed((_, v, o, negatives) => ({
      loss: negatives.reduce(
        (sum, n) => sum - Math.log(1 - sigmoid(dot(n, v))),
        -Math.log(sigmoid(dot(o, v))),
      ),
    })),
  },
  {
    message:
      "The negatives were pulled near, as if they were true neighbours: their score stands with a minus, -n . v.",
    answer: (v, o, negatives) => {
      const all = [o, ...negatives].map((x) => right(v, x, []));
      return {
        loss: all.reduce((sum, { loss }) => sum + loss, 0),
        centre: all.slice(1).reduce<number[]>((sum, { centre }) => plus(sum, centre), all[0].centre),
        context: all[0].context,
        negatives: all.slice(1).map(({ context }) => context),
      };
    },
  },
  {
    message:
      "All gradients have the wrong sign: the loss is MINUS the logarithm, and training goes against the gradient.",
    answer: changed(({ centre, context, negatives }) => ({
      centre: turned(centre),
      context: turned(context),
      negatives: negatives.map(turned),
    })),
  },
  {
    message: "The negatives' gradients have the wrong sign: the derivative of -log s(-x) is s(x).",
    answer: changed((a, v, o, negatives) => ({
      negatives: a.negatives.map(turned),
      centre: negatives.reduce<number[]>(
        (sum, n) => plus(sum, n, -sigmoid(dot(n, v))),
        scaled(o, sigmoid(dot(o, v)) - 1),
      ),
    })),
  },
  {
    message: "The gradient of the centre lacks the negatives: v stands in every term of the loss.",
    answer: changed((_, v, o) => ({ centre: scaled(o, sigmoid(dot(o, v)) - 1) })),
  },
  {
    message: "For the context the derivative is s(x) - 1; this is s(x).",
    answer: changed((_, v, o, negatives) => ({
      context: scaled(v, sigmoid(dot(o, v))),
      centre: negatives.reduce<number[]>(
        (sum, n) => plus(sum, n, sigmoid(dot(n, v))),
        scaled(o, sigmoid(dot(o, v))),
      ),
    })),
  },
  {
    message: "The mean over the negatives was taken. Equation 4 has their sum.",
    answer: changed((a, v, o, negatives) => {
      const k = Math.max(1, negatives.length);
      const first = right(v, o, []);
      return {
        loss: first.loss + (a.loss - first.loss) / k,
        centre: plus(first.centre, plus(a.centre, first.centre, -1), 1 / k),
        negatives: a.negatives.map((n) => scaled(n, 1 / k)),
      };
    }),
  },
  {
    message: "Only the loss is wrong: it has the wrong sign. It is MINUS the logarithm, so never below 0.",
    answer: changed(({ loss }) => ({ loss: -loss })),
  },
  {
    message:
      "Context and centre were exchanged: the gradient for o is made of v, and the one for v of o and the negatives.",
    answer: changed(({ centre, context }) => ({ centre: context, context: centre })),
  },
  {
    message:
      "The gradients are not multiplied by (s - 1) and s: how wrong a score is sets how far its vectors move.",
    answer: changed((_, v, o, negatives) => ({
      context: turned(v),
      negatives: negatives.map(() => [...v]),
      centre: negatives.reduce<number[]>((sum, n) => plus(sum, n), turned(o)),
    })),
  },
];

/** Which part is wrong, where no known mistake explains it. */
function part(value: unknown, ...args: Args): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const answer = right(...args);
  const got = value as Partial<Record<keyof Answer, unknown>>;
  const bad = (["loss", "centre", "context", "negatives"] as const).filter((name) => {
    const [a, b] = [JSON.stringify(rounded(got[name])), JSON.stringify(rounded(answer[name]))];
    return a !== b;
  });
  return bad.length === 0 || bad.length === 4
    ? undefined
    : `Not right: ${bad.join(", ")}. The other parts are.`;
}
const rounded = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(rounded)
    : typeof value === "number"
      ? Number(value.toFixed(5)) + 0
      : value;

const hand: readonly Args[] = [
  [[1, 0], [0, 2], [[0, 1]]],
  [
    [1, -1],
    [2, 0.5],
    [
      [-1, 1],
      [0.5, 0.5],
    ],
  ],
  [[0.5, 1, -2], [1, 1, 1], []],
];

function randomCase(random: Random): Args {
  const width = random.int(1, 4);
  return [
    randomVector(random, width, 1.5),
    randomVector(random, width, 1.5),
    Array.from({ length: random.int(0, 4) }, () => randomVector(random, width, 1.5)),
  ];
}

export const negativeSampling: Exercise = {
  id: "negative-sampling",
  fn: "negativeSampling",
  title: "Negative sampling: loss and gradient",
  difficulty: 4,
  importance: 5,
  minutes: 30,
  hints: [
    "Take one term alone: -log s(o . v). With x = o . v its derivative is s(x) - 1. What is dx/dv, and what is dx/do?",
    [
      "miss = s(o . v) - 1                 (negative: pull together)",
      "miss_k = s(n_k . v)                 (positive: push apart)",
      "gradient of o   = miss * v",
      "gradient of n_k = miss_k * v",
      "gradient of v   = miss * o + sum over k of miss_k * n_k",
      "loss = softplus(-o . v) + sum over k of softplus(n_k . v), softplus(x) = log(1 + exp(x))",
    ].join("\n"),
    "For a large x, exp(x) is Infinity; softplus(x) is x there. Math.log1p(y) is log(1 + y) without loss of digits.",
  ],
  errors: [
    { see: /Infinity|∞/, help: "Write -log s(x) as log(1 + exp(-x)), and as -x where x is below -30." },
    { see: /NaN/, help: "undefined - number? Are all vectors equally long, and are there negatives at all?" },
    {
      see: /wrong sign/,
      help: "d/dx of -log s(x) is s(x) - 1, below 0: a step against it makes the score larger.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one negative, two, none",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: hand, expected: right, wrong, explain: part, tolerance: 1e-7 }),
    },
    {
      id: "random",
      title: "60 random pairs",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          explain: part,
          tolerance: 1e-7,
        }),
    },
    {
      id: "extreme",
      title: "scores of 800 and of -800",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[40], [20], [[-20]]],
            [[40], [-20], [[1]]],
            [[40], [1], [[20], [-20]]],
            [[-30, 10], [30, 10], [[-20, -20]]],
          ],
          expected: right,
          wrong,
          explain: part,
          tolerance: 1e-7,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 3,
      run: (learner, t) => t.unchanged<Args>(learner, [hand[0], hand[1]], right, 1e-7),
    },
  ],
};
