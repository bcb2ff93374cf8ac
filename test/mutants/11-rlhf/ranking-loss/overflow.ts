// expect: exp\(1000\) is Infinity
// The loss as its formula stands.
const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
export function rankingLoss(
  rewards: readonly (readonly number[])[],
  ranks: readonly (readonly number[])[],
): number {
  const losses = rewards.flatMap((prompt, p) => {
    const pairs = prompt.flatMap((better, i) =>
      prompt
        .filter((_, j) => ranks[p][i] < ranks[p][j])
        .map((worse) => -Math.log(1 / (1 + Math.exp(worse - better)))),
    );
    return pairs.length === 0 ? [] : [mean(pairs)];
  });
  return losses.length === 0 ? 0 : mean(losses);
}
