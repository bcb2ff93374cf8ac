// expect: Ties were counted
// A tie in both orders.
const pairLoss = (chosen: number, rejected: number): number => {
  const x = chosen - rejected;
  return Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
};
const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
export function rankingLoss(
  rewards: readonly (readonly number[])[],
  ranks: readonly (readonly number[])[],
): number {
  const losses = rewards.flatMap((prompt, p) => {
    const pairs = prompt.flatMap((better, i) =>
      prompt.filter((_, j) => i !== j && ranks[p][i] <= ranks[p][j]).map((worse) => pairLoss(better, worse)),
    );
    return pairs.length === 0 ? [] : [mean(pairs)];
  });
  return losses.length === 0 ? 0 : mean(losses);
}
