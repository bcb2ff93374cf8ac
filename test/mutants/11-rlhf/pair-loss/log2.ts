// expect: Use natural logarithms
// In bits.
export function pairLoss(chosen: number, rejected: number): number {
  const x = chosen - rejected;
  return (Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)))) / Math.LN2;
}
