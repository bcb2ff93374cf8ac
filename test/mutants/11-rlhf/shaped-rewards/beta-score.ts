// expect: beta multiplies the score
// Weighs both.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.map((log, t) => {
    if (t >= length) return 0;
    const penalty = -(log - logReference[t]);
    return beta * (t === length - 1 ? penalty + score : penalty);
  });
}
