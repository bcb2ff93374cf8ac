// expect: This is a hinge
// A support vector machine.
export function pairLoss(chosen: number, rejected: number): number {
  return Math.max(0, 1 - (chosen - rejected));
}
