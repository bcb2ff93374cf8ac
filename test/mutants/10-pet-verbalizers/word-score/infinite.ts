// expect: bring q into|Bring q into
// Keeps 0 and 1.
export function wordScore(q: readonly number[], labels: readonly number[], label: number): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
  const odds = q.map((each) => {
    const kept = each;
    return Math.log(kept / (1 - kept));
  });
  const own = odds.filter((_, i) => labels[i] === label);
  const others = odds.filter((_, i) => labels[i] !== label);
  return mean(own) - mean(others);
}
