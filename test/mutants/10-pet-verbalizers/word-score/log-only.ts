// expect: Only log q was used
// Leaves 1 - q out.
export function wordScore(q: readonly number[], labels: readonly number[], label: number): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
  const odds = q.map((each) => {
    const kept = Math.min(Math.max(each, 1e-6), 1 - 1e-6);
    return Math.log(kept);
  });
  const own = odds.filter((_, i) => labels[i] === label);
  const others = odds.filter((_, i) => labels[i] !== label);
  return mean(own) - mean(others);
}
