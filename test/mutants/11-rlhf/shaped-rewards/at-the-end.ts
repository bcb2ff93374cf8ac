// expect: whole penalty was put on the last token
// One KL for the answer.
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  const kl = logPolicy.slice(0, length).reduce((sum, log, t) => sum + log - logReference[t], 0);
  return logPolicy.map((_, t) => (t === length - 1 ? score - beta * kl : 0));
}
