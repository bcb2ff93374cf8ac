// expect: wrong sign
// Pays for leaving the reference.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.map((log, t) => {
    if (t >= length) return 0;
    const penalty = beta * (log - logReference[t]);
    return t === length - 1 ? penalty + score : penalty;
  });
}
