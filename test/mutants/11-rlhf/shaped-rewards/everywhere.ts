// expect: Every token got the score
// The score for each token.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  return logPolicy.map((log, t) => {
    if (t >= length) return 0;
    const penalty = -beta * (log - logReference[t]);
    return penalty + score;
  });
}
