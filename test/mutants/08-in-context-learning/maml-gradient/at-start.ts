// expect: at the START w
// Query gradient at the start.
interface Examples {
  readonly xs: readonly (readonly number[])[];
  readonly ys: readonly number[];
}
type MetaStep = Readonly<Record<"adapted" | "metaGradient", number[]>>;

function gradient(weights: readonly number[], { xs, ys }: Examples): number[] {
  const errors = xs.map((x, i) => x.reduce((sum, value, a) => sum + value * weights[a], -ys[i]));
  return weights.map((_, a) => xs.reduce((sum, x, i) => sum + 2 * errors[i] * x[a], 0) / xs.length);
}

export function mamlGradient(
  weights: readonly number[],
  support: Examples,
  query: Examples,
  rate: number,
): MetaStep {
  const inner = gradient(weights, support);
  const adapted = weights.map((weight, a) => weight - rate * inner[a]);
  const outer = gradient(weights, query);
  const metaGradient = outer.map((g, a) => {
    const curved = support.xs.reduce(
      (sum, x) => sum + 2 * x[a] * x.reduce((total, value, b) => total + value * outer[b], 0),
      0,
    );
    return g - (rate * curved) / support.xs.length;
  });
  return { adapted, metaGradient };
}
