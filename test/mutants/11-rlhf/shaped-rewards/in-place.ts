// expect: changed its input
// Writes over the log-probabilities.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  const rewards = logPolicy as number[];
  for (let t = 0; t < rewards.length; t++) {
    rewards[t] = t < length ? -beta * (logPolicy[t] - logReference[t]) : 0;
  }
  rewards[length - 1] += score;
  return rewards;
}
