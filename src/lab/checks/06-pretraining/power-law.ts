import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { mean, sum } from "./texts";

interface PowerLaw {
  readonly scale: number;
  readonly exponent: number;
}
type Args = [x: readonly number[], y: readonly number[]];

/** The least-squares line v = cut + slope u. */
function line(u: readonly number[], v: readonly number[]): { slope: number; cut: number } {
  const [mu, mv] = [mean(u), mean(v)];
  const slope = sum(u.map((each, i) => (each - mu) * (v[i]! - mv))) / sum(u.map((each) => (each - mu) ** 2));
  return { slope, cut: mv - slope * mu };
}
const logs = (values: readonly number[]): number[] => values.map(Math.log);

function right(x: readonly number[], y: readonly number[]): PowerLaw {
  const { slope, cut } = line(logs(x), logs(y));
  return { scale: Math.exp(cut), exponent: -slope };
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The exponent has the wrong sign. y = scale * x^(-exponent), so it is MINUS the slope: a falling curve has a positive exponent.",
    answer: (x, y) => {
      const { scale, exponent } = right(x, y);
      return { scale, exponent: -exponent };
    },
  },
  {
    message: "`scale` is still a logarithm. The line's cut is log(scale): take exp of it.",
    answer: (x, y) => {
      const { slope, cut } = line(logs(x), logs(y));
      return { scale: cut, exponent: -slope };
    },
  },
  {
    message: "The line was fitted to x and y themselves. A power law is a line of their LOGARITHMS.",
    answer: (x, y) => {
      const { slope, cut } = line(x, y);
      return { scale: cut, exponent: -slope };
    },
  },
  {
    message: "Only y was put on a logarithmic axis: that fits y = scale * exp(-b x). Take log x too.",
    answer: (x, y) => {
      const { slope, cut } = line(x, logs(y));
      return { scale: Math.exp(cut), exponent: -slope };
    },
  },
  {
    message: "Only x was put on a logarithmic axis. Take log y too.",
    answer: (x, y) => {
      const { slope, cut } = line(logs(x), y);
      return { scale: cut, exponent: -slope };
    },
  },
  {
    message: "Two bases are mixed: the logarithms are to base 10, and exp leads back from natural ones.",
    answer: (x, y) => {
      const { slope, cut } = line(x.map(Math.log10), y.map(Math.log10));
      return { scale: Math.exp(cut), exponent: -slope };
    },
  },
  {
    message: "x and y are exchanged: log x was fitted as a line of log y. Divide by the spread of log x.",
    answer: (x, y) => {
      const { slope } = line(logs(y), logs(x));
      return { scale: Math.exp(mean(logs(y)) - mean(logs(x)) / slope), exponent: -1 / slope };
    },
  },
  {
    message: "The line goes through the first and the last point only. Least squares lets every point count.",
    answer: (x, y) => {
      const [u, v] = [logs(x), logs(y)];
      const slope = (v.at(-1)! - v[0]!) / (u.at(-1)! - u[0]!);
      return { scale: Math.exp(v[0]! - slope * u[0]!), exponent: -slope };
    },
  },
  {
    message:
      "The means were not taken away: sum(u v) / sum(u u) is a line through (0, 0). Use (u - mean u) and (v - mean v).",
    answer: (x, y) => {
      const [u, v] = [logs(x), logs(y)];
      const slope = sum(u.map((each, i) => each * v[i]!)) / sum(u.map((each) => each * each));
      return { scale: Math.exp(mean(v) - slope * mean(u)), exponent: -slope };
    },
  },
];

/** Points near a power law. */
function randomCase(random: Random, noise = 0.2): Args {
  const [scale, exponent] = [random.int(1, 90) / 10, random.int(-10, 20) / 10];
  const x = Array.from({ length: random.int(3, 7) }, (_, i) => (i + 1) * random.int(2, 20));
  const spread = new Set(x).size > 1 ? x : [...x, 500];
  return [spread, spread.map((each) => scale * each ** -exponent * Math.exp(noise * (random.next() - 0.5)))];
}

export const powerLaw: Exercise = {
  id: "power-law",
  fn: "fitPowerLaw",
  title: "A power law",
  difficulty: 3,
  importance: 4,
  minutes: 20,
  hints: [
    "Take the logarithm of all x and all y, fit a line v = c + slope * u to them, then scale = exp(c) and exponent = -slope.",
    [
      "u = log of each x; v = log of each y",
      "slope = sum((u - mean u) * (v - mean v)) / sum((u - mean u)^2)",
      "c = mean v - slope * mean u",
      "scale = exp(c); exponent = -slope",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "x.map(Math.log) is right; Math.log(x) of an array is NaN." },
    { see: /an array/, help: "The answer is an object: { scale, exponent }." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: 8, 4, 2 at 1, 10, 100",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [1, 10, 100],
              [8, 4, 2],
            ],
            [
              [2, 8],
              [3, 1.5],
            ],
          ],
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "exact",
      title: "curves that are power laws: rising, falling, level",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 20 }, () => randomCase(t.random, 0)),
          expected: right,
          wrong,
          tolerance: 1e-7,
        }),
    },
    {
      id: "random",
      title: "60 noisy curves",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-7,
        }),
    },
    {
      id: "large",
      title: "numbers as in papers: 10^6 to 10^11 parameters",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [0.076, 0.34].map((alpha): Args => {
            const x = [1e6, 1e7, 1e9, 1e11];
            return [x, x.map((n, i) => (8.8e13 / n) ** alpha * (1 + 0.01 * (i % 2)))];
          }),
          expected: right,
          wrong,
          tolerance: 1e-6,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<Args>(learner, [randomCase(t.random), randomCase(t.random)], right, 1e-7),
    },
  ],
};
