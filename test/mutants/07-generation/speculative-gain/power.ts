// expect: The power is g \+ 1
// One power too few.
export type Gain = Readonly<Record<"perDraft" | "perTest" | "tokens" | "speedup", number>>;

export function speculativeGain(accepted: readonly number[], gamma: number, cost: number): Gain {
  const passed = accepted.reduce((sum, count) => sum + count, 0);
  const a = passed / accepted.reduce((sum, count) => sum + Math.min(count + 1, gamma), 0);
  let tokens = 0;
  for (let i = 0; i < gamma; i++) tokens += a ** i;
  const perDraft = passed / (accepted.length * gamma);
  return { perDraft, perTest: a, tokens, speedup: tokens / (gamma * cost + 1) };
}
