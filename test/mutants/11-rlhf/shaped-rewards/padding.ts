// expect: Padding pays the penalty
// Padding is no exception.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.map((log, t) => {
    const penalty = -beta * (log - logReference[t]);
    return t === length - 1 ? penalty + score : penalty;
  });
}
