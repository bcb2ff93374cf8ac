// expect: The weight f\(x\) is missing
// All counts weigh the same.
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i], 0);

export function gloveLoss(
  count: number,
  word: readonly number[],
  context: readonly number[],
  bias: number,
  xMax = 100,
): number {
  if (count === 0) return 0;
  const miss = dot(word, context) + bias - Math.log(count);
  return miss ** 2;
}
