// expect: lambda has no effect
// Forgets lambda.
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
    const next = t + 1 < values.length ? values[t + 1] : 0;
    later = rewards[t] + gamma * next - values[t] + gamma * later;
    advantages[t] = later;
  }
  return { advantages, returns: advantages.map((advantage, t) => advantage + values[t]) };
}
