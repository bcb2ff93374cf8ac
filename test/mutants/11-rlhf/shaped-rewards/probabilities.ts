// expect: ratio of the probabilities
// exp too many.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.map((log, t) => {
    if (t >= length) return 0;
    const penalty = -beta * Math.exp(log - logReference[t]);
    return t === length - 1 ? penalty + score : penalty;
  });
}
