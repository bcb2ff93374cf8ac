// expect: Infinity / Infinity, NaN
// The other form of the sigmoid.
export function pairLoss(chosen: number, rejected: number): number {
  const x = chosen - rejected;
  return -Math.log(Math.exp(x) / (1 + Math.exp(x)));
}
