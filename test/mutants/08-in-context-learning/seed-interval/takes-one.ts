// expect: must throw a RangeError
// Takes one value.
type Interval = Readonly<Record<"mean" | "low" | "high", number>>;

export function seedInterval(values: readonly number[], t: number): Interval {
  const n = values.length;
  if (n < 1) throw new RangeError(`An interval needs two values or more, not ${n}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = t * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}
