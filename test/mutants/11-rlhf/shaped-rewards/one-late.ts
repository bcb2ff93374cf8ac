// expect: one place after
// Counts from 1.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.map((log, t) => {
    const penalty = t < length ? -beta * (log - logReference[t]) : 0;
    return t === length ? penalty + score : penalty;
  });
}
