import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { curved, gradient, type Examples } from "./linear";
import { randomNumbers } from "./numbers";

type Vector = readonly number[];
type Args = [weights: Vector, support: Examples, query: Examples, rate: number];

interface Step {
  readonly adapted: number[];
  readonly metaGradient: number[];
}

const plus = (a: Vector, b: Vector, times: number): number[] => a.map((value, i) => value + times * b[i]!);

/** One step of the two loops turned into a mistake. */
interface Ways {
  readonly inner?: (weights: Vector, support: Examples, rate: number) => number[];
  /** The query's gradient, as it is taken. */
  readonly outer?: (adapted: Vector, weights: Vector, support: Examples, query: Examples) => number[];
  readonly through?: (outer: Vector, support: Examples, query: Examples, rate: number) => number[];
}

function step([weights, support, query, rate]: Args, ways: Ways = {}): Step {
  const adapted = (ways.inner ?? ((w, s, r) => plus(w, gradient(w, s), -r)))(weights, support, rate);
  const outer = (ways.outer ?? ((w) => gradient(w, query)))(adapted, weights, support, query);
  const through = ways.through ?? ((g, s, _, r) => plus(g, curved(s, g), -r));
  return { adapted, metaGradient: through(outer, support, query, rate) };
}
const right = (...args: Args): Step => step(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => step(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "This is first-order MAML: the query's gradient at w', as if w' did not depend on w. The chain rule brings (I - rate H) in front.",
    { through: (g) => [...g] },
  ),
  mistake("The query's gradient was taken at the START w. It is taken after the inner step, at w'.", {
    outer: (_, weights, __, query) => gradient(weights, query),
  }),
  mistake(
    "The query's gradient was taken at the start, and without (I - rate H): this is plain training on the query, and the inner step " +
      "plays no part.",
    { outer: (_, weights, __, query) => gradient(weights, query), through: (g) => [...g] },
  ),
  mistake(
    "The outer gradient is the SUPPORT's. The start is judged on other examples than it adapts to: the query.",
    {
      outer: (adapted, _, support) => gradient(adapted, support),
    },
  ),
  mistake("H is the query's. The step was taken on the support, so its curvature stands in (I - rate H).", {
    through: (g, _, query, rate) => plus(g, curved(query, g), -rate),
  }),
  mistake("It was (I + rate H). The step goes DOWN the gradient, so the sign is minus.", {
    through: (g, support, _, rate) => plus(g, curved(support, g), rate),
  }),
  mistake("The 2 of H is missing: the second derivative of (w . x - y)^2 is 2 x x^T.", {
    through: (g, support, _, rate) => plus(g, curved(support, g), -rate / 2),
  }),
  mistake("H is a sum over the support. It is the MEAN, as the loss is: divide by the number of examples.", {
    through: (g, support, _, rate) => plus(g, curved(support, g), -rate * support.xs.length),
  }),
  mistake("The rate is missing in front of H: I - rate H.", {
    through: (g, support) => plus(g, curved(support, g), -1),
  }),
  mistake("Only the diagonal of H was used. Number a of the answer sums over ALL b: H_ab g_b.", {
    through: (g, { xs }, _, rate) => g.map((value, a) => value - (rate * 2 * value * xs.reduce((total, x) => total + x[a]! ** 2, 0)) / xs.length), // prettier-ignore
  }),
  mistake("The inner step went UP: w' = w - rate * gradient.", {
    inner: (w, support, rate) => plus(w, gradient(w, support), rate),
  }),
  mistake("The inner step lacks the rate: w' = w - rate * gradient(w, support).", {
    inner: (w, support) => plus(w, gradient(w, support), -1),
  }),
];

/** Which of the two parts is not right. */
function explain(value: unknown, ...args: Args): string | undefined {
  if (typeof value !== "object" || value === null || !("adapted" in value)) return undefined;
  const close = JSON.stringify(value.adapted) === JSON.stringify(right(...args).adapted);
  return close ? "adapted is right, metaGradient is not." : undefined;
}

const tolerance = 1e-8;
const one: Args = [[0], { xs: [[1]], ys: [1] }, { xs: [[2]], ys: [4] }, 0.25];
const two: Args = [[1, 0], { xs: [[1, 1]], ys: [2] }, { xs: [[1, 0], [0, 2]], ys: [0, 1] }, 0.1]; // prettier-ignore

function randomExamples(random: Random, size: number, n: number): Examples {
  return {
    xs: Array.from({ length: n }, () => randomNumbers(random, size, 2)),
    ys: randomNumbers(random, n, 3),
  };
}
function randomArgs(random: Random): Args {
  const size = random.int(2, 3);
  return [
    randomNumbers(random, size, 2),
    randomExamples(random, size, random.int(2, 4)),
    randomExamples(random, size, random.int(1, 4)),
    random.pick([0.05, 0.1, 0.2]),
  ];
}

export const mamlGradient: Exercise = {
  id: "maml-gradient",
  fn: "mamlGradient",
  title: "The outer loop of MAML",
  difficulty: 4,
  importance: 4,
  minutes: 30,
  hints: [
    "If the start moves a little, where does w' move? w' = w - rate * gradient(w): its first part moves as far, the second by rate times " +
      "the change of the gradient, and that is H.",
    [
      "inner = gradient(weights, support)",
      "adapted = weights - rate * inner, number by number",
      "g = gradient(adapted, query)",
      "for each a: Hg[a] = mean over the support's x of 2 * x[a] * (x . g)",
      "metaGradient[a] = g[a] - rate * Hg[a]",
    ].join("\n"),
    "H itself need not be built: (x x^T) g = x (x . g), a vector times a number.",
  ],
  errors: [
    {
      see: /NaN/,
      help: "undefined in the sum: xs are rows, x[a] a number of one row, ys[i] belongs to row i.",
    },
    { see: /changed its input/, help: "adapted is a NEW array: weights.map(...)." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one dimension, then two",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [one, two, [[1], { xs: [[1], [3]], ys: [1, 0] }, { xs: [[1]], ys: [2] }, 0.05]],
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "40 random tasks",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "slope",
      title: "it is the slope of the query's loss after the step",
      points: 4,
      async run(learner, t) {
        for (let round = 0; round < 5; round++) {
          const [weights, support, query, rate] = randomArgs(t.random);
          const { value } = await learner.run([weights, support, query, rate]);
          const given = (value as Partial<Step> | null)?.metaGradient ?? [];
          const after = (start: Vector): number => {
            const { adapted } = right(start, support, query, rate);
            return query.xs.reduce((total, x, i) => total + (x.reduce((s, v, a) => s + v * adapted[a]!, 0) - query.ys[i]!) ** 2, 0) / query.xs.length; // prettier-ignore
          };
          weights.forEach((_, a) => {
            const moved = (by: number): Vector => weights.map((w, i) => (i === a ? w + by : w));
            const slope = (after(moved(1e-4)) - after(moved(-1e-4))) / 2e-4;
            if (!(Math.abs(slope - given[a]!) <= 1e-3 * Math.max(1, Math.abs(slope))))
              t.fail(
                `Weight ${a} of the start was moved a little, and the query's loss after the inner step changed by ` +
                  `${slope.toFixed(4)} times that. metaGradient[${a}] is ${String(given[a])}: it must be this slope. ` +
                  "Without (I - rate H) it is not.",
                "metaGradient is not the slope of the query's loss after the step.",
              );
          });
        }
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [one, two], right, tolerance),
    },
  ],
};
