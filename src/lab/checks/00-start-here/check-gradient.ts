import type { Exercise } from "../../exercise";
import { brief } from "../compare";
import { gradientAt } from "../formulas";
import { LearnerFault, type Learner } from "../learner";
import { Formula } from "../plain";
import type { Random } from "../random";
import type { Toolkit } from "../toolkit";
import { sizeProblem, stepProblem, stepsOf, type Steps } from "./steps";

type Args = [f: Formula, x: readonly number[], gradient: readonly number[]];

interface Found {
  readonly numerical: readonly number[];
  readonly error: number;
}

const norm = (vector: readonly number[]): number => Math.hypot(...vector);
const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((v, i) => v - b[i]!);

function relative(given: readonly number[], numerical: readonly number[]): number {
  const length = norm(given) + norm(numerical);
  return length === 0 ? 0 : norm(minus(given, numerical)) / length;
}

const right = (f: Formula, x: readonly number[], given: readonly number[]): Found => {
  const numerical = gradientAt(f, x);
  return { numerical, error: relative(given, numerical) };
};

/** Other numbers that are called an error; each from the learner's own numerical gradient. */
const otherErrors: readonly [
  message: string,
  of: (given: readonly number[], n: readonly number[]) => number,
][] = [
  [
    "0 / 0 is NaN: where both gradients are all zeros they are equal, and the error is 0.",
    (given, n) => norm(minus(given, n)) / (norm(given) + norm(n)),
  ],
  [
    "This is the absolute difference. 0.01 is much beside 0.02 and nothing beside 1000: divide by |given| + |numerical|.",
    (given, n) => norm(minus(given, n)),
  ],
  [
    "The difference was divided by the length of one gradient only. Divide by the sum of both lengths: then the error " +
      "lies between 0 and 1, whichever is wrong.",
    (given, n) => norm(minus(given, n)) / norm(given),
  ],
  [
    "The difference was divided by the length of one gradient only. Divide by the sum of both lengths.",
    (given, n) => norm(minus(given, n)) / norm(n),
  ],
  [
    "The difference was divided by the longer gradient. Divide by the sum of both lengths.",
    (given, n) => norm(minus(given, n)) / Math.max(norm(given), norm(n)),
  ],
  [
    "These are squares: the length of a vector is the ROOT of the sum of its squares. `norm` gives it.",
    (given, n) => norm(minus(given, n)) ** 2 / (norm(given) ** 2 + norm(n) ** 2),
  ],
  [
    "The lengths were compared, not the vectors: (3, 0) and (0, 3) are equally long. Take the norm of the difference.",
    (given, n) => Math.abs(norm(given) - norm(n)) / (norm(given) + norm(n)),
  ],
];

/** What became of the differences: a factor that is forgotten shows in every coordinate. */
function factorProblem(
  { up, down }: Steps,
  got: readonly number[],
  wanted: readonly number[],
): string | undefined {
  const all = (factor: (i: number) => number): boolean =>
    wanted.some((w) => w !== 0) &&
    wanted.every((w, i) => Math.abs(got[i]! - w * factor(i)) <= 0.02 * Math.abs(w * factor(i)) + 1e-9);
  const h = (i: number): number => up[i]![0] ?? down[i]![0] ?? 0;
  if (all((i) => 2 * h(i))) return "The difference was not divided by the way between the points, 2 h.";
  if (all(() => 2)) return "Divided by h. The two points lie 2 h apart: divide by 2 h.";
  if (all((i) => 2 * h(i) * h(i)) || all((i) => 4 * h(i) * h(i)))
    return "The difference was multiplied by the step. Divide by 2 h: brackets, / (2 * h).";
  if (all((i) => h(i) * h(i)))
    return "`/ 2 * h` divides by 2 and then multiplies by h. It needs brackets: / (2 * h).";
  if (all(() => -1)) return "The sign is turned round: f(x + h) - f(x - h), the upper point first.";
  return undefined;
}

/** How much a coordinate may be off: central differences in float32 are good for three digits. */
type Allowed = (wanted: readonly number[], i: number) => number;
const roughly: Allowed = (wanted) => 0.01 * Math.max(1, ...wanted.map(Math.abs));
const each: Allowed = (wanted, i) => 0.02 * Math.abs(wanted[i]!);

/** Runs all cases. `look` says what is wrong with one, from where f was called and what came back. */
async function judge(
  learner: Learner,
  t: Toolkit,
  cases: readonly Args[],
  look: (found: Found, steps: Steps, args: Args) => string | undefined,
): Promise<void> {
  let misses = 0;
  let first = "";
  for (const args of cases) {
    const call = `${learner.fn}(${args.map((arg) => brief(arg, 120)).join(", ")})`;
    const { value, args: after } = await learner.run(args).catch((error: unknown) => {
      if (!(error instanceof LearnerFault) || error.kind !== "threw") throw error;
      throw new LearnerFault(error.kind, `${call} ${error.message}.`);
    });
    const form = formOf(value, args);
    const problem = form ?? look(value as Found, stepsOf(after[0] as Formula, args[1]), args);
    if (problem === undefined) continue;
    misses++;
    first ||= `${call}\ngave ${brief(value)}\nexpected about ${brief(rounded(right(...args)))}\n@${problem}`;
  }
  const rate = `${Math.floor((100 * (cases.length - misses)) / cases.length)} % right (${cases.length - misses} of ${cases.length}). `;
  if (misses > 0) t.fail(first.replace("@", cases.length > 1 ? rate : ""));
}

const rounded = ({ numerical, error }: Found): Found => ({
  numerical: numerical.map((v) => Number(v.toPrecision(5))),
  error: Number(error.toPrecision(3)),
});

function formOf(value: unknown, [, x]: Args): string | undefined {
  if (value === undefined) return "Nothing came back: is a `return` missing?";
  const { numerical, error } = (typeof value === "object" && value !== null ? value : {}) as Partial<Found>;
  if (!Array.isArray(numerical) || typeof error !== "number")
    return "It must give an object { numerical, error }: an array of numbers and a number.";
  if (numerical.length !== x.length)
    return `numerical must hold ${x.length} numbers, one for each coordinate.`;
  if (!numerical.every((item) => typeof item === "number" && Number.isFinite(item)))
    return "numerical holds something that is no finite number.";
  return undefined;
}

/** Judges the numerical gradient. */
const numerical =
  (allowed: Allowed) =>
  (found: Found, steps: Steps, [f, x]: Args): string | undefined => {
    const wanted = gradientAt(f, x);
    if (wanted.every((w, i) => Math.abs(found.numerical[i]! - w) <= allowed(wanted, i))) return undefined;
    return (
      factorProblem(steps, found.numerical, wanted) ??
      stepProblem(steps, x) ??
      sizeProblem(steps, x) ??
      "The numerical gradient is not right."
    );
  };

/** Judges where f was called. */
const places = (found: Found, steps: Steps, args: Args): string | undefined =>
  stepProblem(steps, args[1]) ?? numerical(roughly)(found, steps, args);

/** Judges the error, beside the learner's own numerical gradient where that one is right. */
function errors(found: Found, steps: Steps, args: Args): string | undefined {
  const first = numerical(roughly)(found, steps, args);
  if (first !== undefined) return first;
  const given = args[2];
  const close = (value: number): boolean =>
    Object.is(value, found.error) || Math.abs(value - found.error) <= 1e-6 + 1e-6 * Math.abs(value);
  if (close(relative(given, found.numerical))) return undefined;
  return otherErrors.find(([, of]) => close(of(given, found.numerical)))?.[0] ?? "The error is not right.";
}

const polynomial = (...lists: readonly number[][]): Formula => new Formula("polynomial", lists);
const squares = polynomial([0], [], [1, 1]);
const sloped = polynomial([0], [0, 3], [1, 0]);
const coupled = polynomial([0], [], [], [], [1, 1]);
const cubes = polynomial([0], [1, 0, 0], [], [1, -1, 2]);
const level = polynomial([5]);

const hand: readonly [Args, Args, ...Args[]] = [
  [squares, [3, -2], [6, -4]],
  [sloped, [2, 1], [4, 3]],
  [coupled, [1, 2, 3], [2, 4, 2]],
];
const bends: readonly Args[] = [
  [cubes, [1, -2, 0.5], [4, -12, 1.5]],
  [polynomial([0], [], [], [1]), [1.5], [6.75]],
  [polynomial([0], [], [0, 2], [1, 0], [3]), [0, 1], [3, 4]],
];
/** Coordinates of different sizes, and a value so large that it leaves few digits for the change. */
const sizes: readonly Args[] = [
  [
    new Formula("waves", [
      [1, 1, 1],
      [1, 100, 10000],
      [0, 0.2, 0.5],
    ]),
    [0.5, 40, 8000],
    [0.8, 0.008, 0.00002],
  ],
  [
    new Formula("waves", [
      [2, 1],
      [1, 1000],
      [0.3, 0],
    ]),
    [0.2, -700],
    [1.7, 0.0008],
  ],
  [polynomial([1000], [3, -2], [1, 1]), [1, 2], [5, 2]],
];
const verdicts: readonly Args[] = [
  ...hand,
  [squares, [3, -2], [12, -8]],
  [squares, [3, -2], [-6, 4]],
  [squares, [3, -2], [6, 4]],
  [coupled, [1, 2, 3], [2, 0, 2]],
  [level, [1, 2], [0, 0]],
  [level, [4], [1]],
];

function randomCase(random: Random): Args {
  const n = random.int(1, 5);
  const list = (length: number): number[] => Array.from({ length }, () => random.int(-3, 3));
  const f = polynomial([random.int(0, 9)], list(n), list(n), list(n), list(n - 1));
  const x = Array.from({ length: n }, () => random.int(-300, 300) / 100);
  const given = gradientAt(f, x).map((g) => (random.next() < 0.2 ? g + 1 : g));
  return [f, x, given];
}

export const checkGradient: Exercise = {
  id: "check-gradient",
  fn: "checkGradient",
  title: "Check a gradient",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "For one coordinate: make two copies of x, one with x[i] + h and one with x[i] - h, and call f on both.",
    [
      "numerical = for each coordinate i of x:",
      "  h = 0.005 * max(1, |x[i]|)",
      "  up = copy of x with h added to coordinate i; down = copy with h taken away",
      "  (f(up) - f(down)) / (2 * h)",
      "length = norm(gradient) + norm(numerical)",
      "error = 0 if length is 0, else norm(numerical - gradient) / length",
    ].join("\n"),
    "A copy with one change: x.map((other, j) => (j === i ? other + h : other)).",
  ],
  errors: [
    {
      see: /f takes an array/,
      help: "f wants the whole point: an array as long as x, not the one coordinate.",
    },
    { see: /several coordinates/, help: "Copy x anew for each step, or put x[i] back before you go on." },
    {
      see: /too small|One step for all/,
      help: "The figure of section 3 shows the error for each h: see its lowest point.",
    },
    { see: /NaN/, help: "Two gradients of length 0 make 0 / 0. What should the error be there?" },
    { see: /changed its input/, help: "x + h - h is not always x again. Work on a copy: [...x]." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: squares and products",
      points: 6,
      run: (learner, t) => judge(learner, t, hand, numerical(roughly)),
    },
    {
      id: "central",
      title: "both sides, one coordinate at a time",
      points: 6,
      run: (learner, t) => judge(learner, t, bends, places),
    },
    {
      id: "sizes",
      title: "steps that suit float32 and each coordinate",
      points: 6,
      run: (learner, t) => judge(learner, t, sizes, numerical(each)),
    },
    {
      id: "error",
      title: "the error: right, doubled, turned round, zero",
      points: 6,
      run: (learner, t) => judge(learner, t, verdicts, errors),
    },
    {
      id: "random",
      title: "40 random polynomials",
      points: 4,
      run: (learner, t) =>
        judge(
          learner,
          t,
          Array.from({ length: 40 }, () => randomCase(t.random)),
          errors,
        ),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, [bends[0]!, hand[0], ...hand.slice(1)], right, 0.01),
    },
  ],
};
