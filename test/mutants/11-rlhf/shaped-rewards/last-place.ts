// expect: score lies in the last PLACE
// Does not know of padding.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.map((log, t) => {
    const penalty = t < length ? -beta * (log - logReference[t]) : 0;
    return t === logPolicy.length - 1 ? penalty + score : penalty;
  });
}
