// expect: MINUS ITS LOGARITHM
// Forgets the logarithm.
export function pairLoss(chosen: number, rejected: number): number {
  return 1 / (1 + Math.exp(rejected - chosen));
}
