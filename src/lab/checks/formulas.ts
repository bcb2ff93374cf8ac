import { Formula } from "./plain";

/**
 * The functions of a vector that a check can hand to learner code. They are known here by name, since code does not
 * cross between processes. All compute in float32, as models do: each step is rounded to 24 bits.
 */
interface Known {
  /** The value at x, in float32. */
  readonly value: (x: readonly number[], ...parameters: (readonly number[])[]) => number;
  /** The right gradient, in JavaScript's 64 bits. */
  readonly gradient: (x: readonly number[], ...parameters: (readonly number[])[]) => number[];
  readonly text: (...parameters: (readonly number[])[]) => string;
}

const r = Math.fround;
const sum = (terms: readonly number[]): number => terms.reduce((total, term) => r(total + term), 0);
const at = (list: readonly number[] | undefined, i: number): number => list?.[i] ?? 0;

const known: Readonly<Record<string, Known>> = {
  /** offset + sum_i (a_i x_i + b_i x_i^2 + c_i x_i^3) + sum_i d_i x_i x_(i+1) */
  polynomial: {
    value: (x, offset, a, b, c, d) => {
      const terms = x.flatMap((each, i) => {
        const v = r(each);
        const next = r(x[i + 1] ?? 0);
        const square = r(v * v);
        return [
          r(at(a, i) * v),
          r(at(b, i) * square),
          r(at(c, i) * r(square * v)),
          r(at(d, i) * r(v * next)),
        ];
      });
      return r(sum(terms) + at(offset, 0));
    },
    gradient: (x, _offset, a, b, c, d) =>
      x.map(
        (v, i) =>
          at(a, i) +
          2 * at(b, i) * v +
          3 * at(c, i) * v * v +
          at(d, i) * (x[i + 1] ?? 0) +
          (i > 0 ? at(d, i - 1) * x[i - 1]! : 0),
      ),
    text: (...lists) => polynomialText(lists),
  },
  /** sum_i a_i sin(x_i / s_i + p_i): each coordinate has a scale of its own. */
  waves: {
    value: (x, a, s, p) => sum(x.map((v, i) => r(at(a, i) * r(Math.sin(r(r(r(v) / at(s, i)) + at(p, i))))))),
    gradient: (x, a, s, p) => x.map((v, i) => (at(a, i) / at(s, i)) * Math.cos(v / at(s, i) + at(p, i))),
    text: (a = [], s, p) =>
      joined(
        a.map((each, i) => [each, `sin(${[over(i, at(s, i)), at(p, i) || ""].filter(Boolean).join(" + ")})`]),
      ),
  },
};

const over = (i: number, scale: number): string => (scale === 1 ? `x${i}` : `x${i}/${scale}`);

function polynomialText([offset, a = [], b = [], c = [], d = []]: readonly (readonly number[])[]): string {
  return joined([
    ...a.map((factor, i) => [factor, `x${i}`] as const),
    ...b.map((factor, i) => [factor, `x${i}²`] as const),
    ...c.map((factor, i) => [factor, `x${i}³`] as const),
    ...d.map((factor, i) => [factor, `x${i}·x${i + 1}`] as const),
    [at(offset, 0), ""],
  ]);
}

/** "3·x0 - x1² + 5" */
function joined(terms: readonly (readonly [factor: number, what: string])[]): string {
  const written = terms
    .filter(([factor]) => factor !== 0)
    .map(([factor, what]) =>
      what === ""
        ? `${factor}`
        : Math.abs(factor) === 1
          ? `${factor < 0 ? "-" : ""}${what}`
          : `${factor}·${what}`,
    );
  return written.join(" + ").replaceAll("+ -", "- ") || "0";
}

const find = ({ name }: Formula): Known => {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined) throw new RangeError(`There is no function "${name}"`);
  return found;
};

/** The formula's value at x, rounded as float32 rounds. */
export const valueAt = (formula: Formula, x: readonly number[]): number =>
  find(formula).value(x, ...formula.parameters);

/** The right gradient at x. */
export const gradientAt = (formula: Formula, x: readonly number[]): number[] =>
  find(formula).gradient(x, ...formula.parameters);

/** "x0² + 3·x1", or its mere name where nothing is known of it. */
export const formulaText = (formula: Formula): string =>
  Object.hasOwn(known, formula.name) ? find(formula).text(...formula.parameters) : formula.name;

/** Points kept of the calls of one function; a right answer needs two a coordinate. */
const MOST_POINTS = 4096;

/** A real function that notes where it is called. It looks at its argument, since learner code calls it. */
export function liveFunction(formula: Formula): { fn: (x: number[]) => number; seen: () => Formula } {
  const points: number[][] = [];
  const { value } = find(formula);
  const fn = (x: number[]): number => {
    const point: unknown[] = Array.isArray(x) ? [...x] : [undefined];
    if (!point.every((item): item is number => typeof item === "number"))
      throw new TypeError("f takes an array of numbers, a whole point such as x");
    if (points.length < MOST_POINTS) points.push(point);
    return value(point, ...formula.parameters);
  };
  return { fn, seen: () => new Formula(formula.name, formula.parameters, points) };
}
