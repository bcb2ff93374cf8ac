// expect: exp\(1000\) is Infinity
// As the formula stands.
export function pairLoss(chosen: number, rejected: number): number {
  return -Math.log(1 / (1 + Math.exp(rejected - chosen)));
}
