// expect: without a logarithm
// Compares probabilities.
export function wordScore(q: readonly number[], labels: readonly number[], label: number): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
  const odds = q.map((each) => {
    const kept = Math.min(Math.max(each, 1e-6), 1 - 1e-6);
    return kept;
  });
  const own = odds.filter((_, i) => labels[i] === label);
  const others = odds.filter((_, i) => labels[i] !== label);
  return mean(own) - mean(others);
}
