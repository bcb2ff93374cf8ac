// expect: chi-square .* was not refused
// Tests nothing.
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
  void q;
  return [...drafted, draw(p[drafted.length], last)];
}
