// expect: With a = 1 the formula is 0 / 0
// The closed form without its limit.
export type Gain = Readonly<Record<"perDraft" | "perTest" | "tokens" | "speedup", number>>;

export function speculativeGain(accepted: readonly number[], gamma: number, cost: number): Gain {
  const passed = accepted.reduce((sum, count) => sum + count, 0);
  const a = passed / accepted.reduce((sum, count) => sum + Math.min(count + 1, gamma), 0);
  const tokens = (1 - a ** (gamma + 1)) / (1 - a);
  const perDraft = passed / (accepted.length * gamma);
  return { perDraft, perTest: a, tokens, speedup: tokens / (gamma * cost + 1) };
}
