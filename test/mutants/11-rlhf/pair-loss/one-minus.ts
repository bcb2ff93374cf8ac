// expect: minus the LOGARITHM of the sigmoid
// The probability of being wrong.
export function pairLoss(chosen: number, rejected: number): number {
  return 1 - 1 / (1 + Math.exp(rejected - chosen));
}
