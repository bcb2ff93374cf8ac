import { Formula } from "../plain";

/** What the points at which a function was called tell about a gradient that was taken by differences. */
export interface Steps {
  /** For each coordinate the steps up and down at which it was tried alone. */
  readonly up: readonly (readonly number[])[];
  readonly down: readonly (readonly number[])[];
  /** A point that is no point beside x: too short or too long, or several coordinates were moved at once. */
  readonly odd?: readonly number[];
  readonly calls: number;
}

/** A coordinate that is put back by -h after +h may miss its old value by a rounding; that is no step. */
const moved = (before: number, now: number): boolean =>
  !(Math.abs(now - before) <= 1e-14 * Math.max(1, Math.abs(before)));

export function stepsOf({ points }: Formula, x: readonly number[]): Steps {
  const up = x.map((): number[] => []);
  const down = x.map((): number[] => []);
  let odd: readonly number[] | undefined;
  for (const point of points) {
    const changed = x.flatMap((value, i) => (moved(value, point[i] ?? NaN) ? [i] : []));
    const [i] = changed;
    if (changed.length > 1 || point.length !== x.length) odd ??= point;
    else if (i !== undefined) (point[i]! > x[i]! ? up : down)[i]!.push(Math.abs(point[i]! - x[i]!));
  }
  return { up, down, calls: points.length, ...(odd && { odd }) };
}

/** A mistake in where f was called, whatever was made of the values. */
export function stepProblem(steps: Steps, x: readonly number[]): string | undefined {
  const { up, down, odd, calls } = steps;
  if (calls === 0) return "f was not called at all: a gradient check has to try f near x.";
  if (odd !== undefined && odd.length !== x.length)
    return `f was called with ${odd.length} ${odd.length === 1 ? "number" : "numbers"}. It wants a whole point, ${x.length} long as x is.`;
  if (odd !== undefined) {
    return (
      `f was called at [${odd.map((v) => Number(v.toPrecision(8))).join(", ")}], where several coordinates have ` +
      "moved. Move one at a time, and put it back before the next."
    );
  }
  const untried = x.findIndex((_, i) => up[i]!.length + down[i]!.length === 0);
  if (untried >= 0) return `Coordinate ${untried} was never moved: each needs steps of its own.`;
  if (x.every((_, i) => up[i]!.length === 0 || down[i]!.length === 0)) {
    const kind = up[0]!.length > 0 ? "forward" : "backward";
    return (
      `This is the ${kind} difference: f was tried on one side only. Its error falls with h, that of the central ` +
      "difference (f(x + h) - f(x - h)) / (2 h) with the square of h."
    );
  }
  const lopsided = x.findIndex((_, i) => !balanced(up[i]!, down[i]!));
  if (lopsided < 0) return undefined;
  return `The steps of coordinate ${lopsided} up and down are not equally long: take x + h and x - h.`;
}

const balanced = (up: readonly number[], down: readonly number[]): boolean =>
  up.length === down.length &&
  up.every((h) => down.some((other) => Math.abs(h - other) <= 1e-3 * Math.max(h, other)));

/** A step that does not suit float32 or the size of its coordinate. */
export function sizeProblem({ up }: Steps, x: readonly number[]): string | undefined {
  const steps = up.map((list) => list[0] ?? 0);
  const scales = x.map((value) => Math.max(1, Math.abs(value)));
  const show = (i: number): string => `x${i} = ${x[i]} was moved by ${Number(steps[i]!.toPrecision(2))}`;
  const spread = Math.max(...steps) <= 1.01 * Math.min(...steps);
  if (spread && Math.max(...scales) >= 10 * Math.min(...scales)) {
    return `One step for all: every coordinate was moved by ${Number(steps[0]!.toPrecision(2))}. The step must suit the coordinate: h = 0.005 * max(1, |x_i|).`;
  }
  const small = steps.findIndex((h, i) => h < 5e-4 * scales[i]!);
  if (small >= 0) {
    return (
      `The step is too small: ${show(small)}. f computes in float32, with 7 digits: the two values agree in nearly all ` +
      "of them, and what is left of their difference is rounding. Take h = 0.005 * max(1, |x_i|)."
    );
  }
  const large = steps.findIndex((h, i) => h > 0.05 * scales[i]!);
  if (large >= 0)
    return `The step is too large: ${show(large)}. So far from x the curve is no line. Take h = 0.005 * max(1, |x_i|).`;
  return undefined;
}
