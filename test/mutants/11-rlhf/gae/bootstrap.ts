// expect: its own value was taken again
// Expects more after the end.
interface Advantages {
  readonly advantages: number[];
  readonly returns: number[];
}
export function gae(
  rewards: readonly number[],
  values: readonly number[],
  gamma: number,
  lambda: number,
): Advantages {
  const advantages = new Array<number>(rewards.length);
  let later = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const next = values[Math.min(t + 1, values.length - 1)];
    later = rewards[t] + gamma * next - values[t] + gamma * lambda * later;
    advantages[t] = later;
  }
  return { advantages, returns: advantages.map((advantage, t) => advantage + values[t]) };
}
