// expect: count of 0 gives 0 \*
// 0 times infinity.
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i], 0);

export function gloveLoss(
  count: number,
  word: readonly number[],
  context: readonly number[],
  bias: number,
  xMax = 100,
): number {
  const weight = Math.min(1, (count / xMax) ** 0.75);
  const miss = dot(word, context) + bias - Math.log(count);
  return weight * miss ** 2;
}
