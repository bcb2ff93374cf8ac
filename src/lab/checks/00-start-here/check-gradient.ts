import type { Exercise } from "../../exercise";
import { brief } from "../compare";
import { gradientAt } from "../formulas";
import { LearnerFault, type Learner } from "../learner";
import { Formula } from "../plain";
import type { Random } from "../random";
import type { Toolkit } from "../toolkit";
import { otherErrors, relativeError } from "./relative-error";
import { sizeProblem, stepProblem, stepsOf, type Steps } from "./steps";

type Args = [f: Formula, x: readonly number[], gradient: readonly number[]];

interface Found {
  readonly numerical: readonly number[];
  readonly error: number;
}

const right = (f: Formula, x: readonly number[], given: readonly number[]): Found => {
  const numerical = gradientAt(f, x);
  return { numerical, error: relativeError(given, numerical) };
};

/** What became of the differences: a factor that is forgotten shows in every coordinate. */
function factorProblem(
  { up, down }: Steps,
  got: readonly number[],
  wanted: readonly number[],
): string | undefined {
  const largest = Math.max(...wanted.map(Math.abs));
  const all = (factor: (i: number) => number): boolean =>
    largest > 0 &&
    wanted.every((_, i) => factor(i) !== 0) &&
    wanted.every((w, i) => Math.abs(got[i]! - w * factor(i)) <= 0.02 * Math.abs(largest * factor(i)));
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

/** Everything that may be wrong with one case, most telling first; nothing where it is right. */
type Look = (found: Found, steps: Steps, args: Args) => readonly string[];

/** Runs all cases, and names the mistake that explains most of those that are wrong. */
async function judge(learner: Learner, t: Toolkit, cases: readonly Args[], look: Look): Promise<void> {
  const misses: (readonly string[])[] = [];
  let shown = "";
  for (const args of cases) {
    const call = `${learner.fn}(${args.map((arg) => brief(arg, 120)).join(", ")})`;
    const { value, args: after } = await learner.run(args).catch((error: unknown) => {
      if (!(error instanceof LearnerFault) || error.kind !== "threw") throw error;
      throw new LearnerFault(error.kind, `${call} ${error.message}.`, error.mistake);
    });
    const form = formProblem(value, args);
    const problems = form ? [form] : look(value as Found, stepsOf(after[0] as Formula, args[1]), args);
    if (problems.length === 0) continue;
    misses.push(problems);
    shown ||= `${call}\ngave ${brief(value)}\nexpected about ${brief(rounded(right(...args)))}`;
  }
  if (misses.length === 0) return;
  const explains = (problem: string): number => misses.filter((all) => all.includes(problem)).length;
  const why = misses.flat().reduce((best, one) => (explains(one) > explains(best) ? one : best));
  const good = cases.length - misses.length;
  const rate = `${Math.floor((100 * good) / cases.length)} % right (${good} of ${cases.length})`;
  t.fail(`${shown}\n${rate}. ${why}`, why);
}

const rounded = ({ numerical, error }: Found): Found => ({
  numerical: numerical.map((v) => Number(v.toPrecision(5))),
  error: Number(error.toPrecision(3)),
});

function formProblem(value: unknown, [, x]: Args): string | undefined {
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
  (allowed: Allowed): Look =>
  (found, steps, [f, x]) => {
    const wanted = gradientAt(f, x);
    if (wanted.every((w, i) => Math.abs(found.numerical[i]! - w) <= allowed(wanted, i))) return [];
    return [
      factorProblem(steps, found.numerical, wanted) ??
        stepProblem(steps, x) ??
        sizeProblem(steps, x) ??
        "The numerical gradient is not right.",
    ];
  };

/** Judges where f was called, too. */
const places: Look = (found, steps, args) => {
  const problem = stepProblem(steps, args[1]);
  return problem === undefined ? numerical(roughly)(found, steps, args) : [problem];
};

/** Judges the error, beside the learner's own numerical gradient where that one is right. */
const errors: Look = (found, steps, args) => {
  const first = numerical(roughly)(found, steps, args);
  if (first.length > 0) return first;
  const given = args[2];
  const close = (value: number): boolean =>
    Object.is(value, found.error) || Math.abs(value - found.error) <= 1e-6 + 1e-6 * Math.abs(value);
  if (close(relativeError(given, found.numerical))) return [];
  const known = otherErrors.filter(([, of]) => close(of(given, found.numerical))).map(([message]) => message);
  return known.length > 0 ? known : ["The error is not |given - numerical| / (|given| + |numerical|)."];
};

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
