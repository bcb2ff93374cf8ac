// expect: log-ratio is reversed
// Reference minus policy.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.map((log, t) => {
    if (t >= length) return 0;
    const penalty = -beta * (logReference[t] - log);
    return t === length - 1 ? penalty + score : penalty;
  });
}
