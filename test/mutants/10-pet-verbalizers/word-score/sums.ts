// expect: Both sides are SUMS
// Adds up.
export function wordScore(q: readonly number[], labels: readonly number[], label: number): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0);
  const odds = q.map((each) => {
    const kept = Math.min(Math.max(each, 1e-6), 1 - 1e-6);
    return Math.log(kept / (1 - kept));
  });
  const own = odds.filter((_, i) => labels[i] === label);
  const others = odds.filter((_, i) => labels[i] !== label);
  return mean(own) - mean(others);
}
