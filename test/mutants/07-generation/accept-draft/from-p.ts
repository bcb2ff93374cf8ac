// expect: replacement was drawn from p
// Draws from p after a refusal.
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
    if (uniforms[i] < p[i][token] / q[i][token]) continue;
    return [...drafted.slice(0, i), draw(p[i], last)];
  }
  return [...drafted, draw(p[drafted.length], last)];
}
