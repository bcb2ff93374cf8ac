// expect: Padding is missing
// Gives the real tokens only.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.slice(0, length).map((log, t) => {
    const penalty = -beta * (log - logReference[t]);
    return t === length - 1 ? penalty + score : penalty;
  });
}
