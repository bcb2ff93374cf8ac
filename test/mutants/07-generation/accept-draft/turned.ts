// expect: ratio is turned round
// q over p.
function draw(probabilities: readonly number[], u: number): number {
  let [last, sum] = [0, 0];
  for (const [id, probability] of probabilities.entries()) {
    if (probability <= 0) continue;
    last = id;
    sum += probability;
    if (u < sum) break;
  }
  return last;
}

export function acceptDraft(
  p: readonly (readonly number[])[],
  q: readonly (readonly number[])[],
  drafted: readonly number[],
  uniforms: readonly number[],
): number[] {
  const last = uniforms[drafted.length];
  for (const [i, token] of drafted.entries()) {
    if (uniforms[i] < q[i][token] / p[i][token]) continue;
    const rest = p[i].map((target, id) => Math.max(0, target - q[i][id]));
    const total = rest.reduce((sum, each) => sum + each, 0);
    const residual = rest.map((each) => each / total);
    return [...drafted.slice(0, i), draw(residual, last)];
  }
  return [...drafted, draw(p[drafted.length], last)];
}
