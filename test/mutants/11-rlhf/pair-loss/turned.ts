// expect: order is turned round
// Exchanges both answers.
export function pairLoss(chosen: number, rejected: number): number {
  const x = rejected - chosen;
  return Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
