/** The stages of attention in plain numbers, for one head and one text. */
export interface Stages {
  /** q k^T [T, T] */
  readonly scores: readonly (readonly number[])[];
  /** divided by the root of D */
  readonly scaled: readonly (readonly number[])[];
  /** -Infinity where looking is forbidden */
  readonly masked: readonly (readonly number[])[];
  /** softmax of each row */
  readonly pattern: readonly (readonly number[])[];
  /** pattern v [T, E] */
  readonly mixed: readonly (readonly number[])[];
}

type Rows = readonly (readonly number[])[];

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);

/** What the figure's script computes in the browser (`stagesScript`), with both switches. */
export function attentionStages(q: Rows, k: Rows, v: Rows, scale: boolean, causal: boolean): Stages {
  const root = scale ? Math.sqrt(q[0]?.length ?? 1) : 1;
  const scores = q.map((query) => k.map((key) => dot(query, key)));
  const scaled = scores.map((row) => row.map((score) => score / root));
  const masked = scaled.map((row, i) => row.map((score, j) => (causal && j > i ? -Infinity : score)));
  const pattern = masked.map((row) => {
    const top = Math.max(...row);
    const powers = row.map((score) => Math.exp(score - top));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  });
  const columns = (v[0] ?? []).map((_, c) => v.map((row) => row[c] ?? 0));
  const mixed = pattern.map((row) => columns.map((column) => dot(row, column)));
  return { scores, scaled, masked, pattern, mixed };
}

/** The same in the browser's JavaScript; a test holds the two together. */
export const stagesScript = `
function dot(a, b) { return a.reduce(function (sum, x, d) { return sum + x * b[d]; }, 0); }
function stages(q, k, v, scale, causal) {
  var root = scale ? Math.sqrt(q[0].length) : 1;
  var scores = q.map(function (query) { return k.map(function (key) { return dot(query, key); }); });
  var scaled = scores.map(function (row) { return row.map(function (s) { return s / root; }); });
  var masked = scaled.map(function (row, i) {
    return row.map(function (s, j) { return causal && j > i ? -Infinity : s; });
  });
  var pattern = masked.map(function (row) {
    var top = Math.max.apply(null, row), powers = row.map(function (s) { return Math.exp(s - top); });
    var sum = powers.reduce(function (total, p) { return total + p; }, 0);
    return powers.map(function (p) { return p / sum; });
  });
  var mixed = pattern.map(function (row) {
    return v[0].map(function (_, c) { return dot(row, v.map(function (value) { return value[c]; })); });
  });
  return { scores: scores, scaled: scaled, masked: masked, pattern: pattern, mixed: mixed };
}
`;
