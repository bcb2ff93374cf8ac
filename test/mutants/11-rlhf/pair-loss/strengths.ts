// expect: Only their DIFFERENCE counts
// Bradley and Terry with exp of both rewards.
export function pairLoss(chosen: number, rejected: number): number {
  return -Math.log(Math.exp(chosen) / (Math.exp(chosen) + Math.exp(rejected)));
}
