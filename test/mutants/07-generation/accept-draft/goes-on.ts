// expect: went on after a refusal
// Replaces, and goes on.
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
  const tokens = drafted.map((token, i) => {
    if (uniforms[i] < p[i][token] / q[i][token]) return token;
    const rest = p[i].map((target, id) => Math.max(0, target - q[i][id]));
    const total = rest.reduce((sum, each) => sum + each, 0);
    return draw(
      rest.map((each) => each / total),
      last,
    );
  });
  return [...tokens, draw(p[drafted.length], last)];
}
