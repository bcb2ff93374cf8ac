// expect: stops growing
// Keeps the logarithm off 0.
export function pairLoss(chosen: number, rejected: number): number {
  return -Math.log(1 / (1 + Math.exp(rejected - chosen)) + 1e-9);
}
