/** From one score for a whole answer to an advantage for each of its tokens. Plain numbers, an answer at a time. */

/**
 * The reward of each token: the KL penalty everywhere, and the reward model's score at the end.
 *
 *     r_t = -beta (log pi(y_t | ...) - log pi_SFT(y_t | ...)) + [t is the last] score
 *
 * Summed over an answer it is r(x, y) - beta log(pi(y | x) / pi_SFT(y | x)): equation 2 of Ouyang et al. 2022 without
 * its last term.
 *
 * @param logPolicy log-probabilities of the answer's tokens, in nats
 * @param logReference the SFT model's
 */
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  beta: number,
): number[] {
  const last = logPolicy.length - 1;
  return logPolicy.map((own, t) => -beta * (own - (logReference[t] as number)) + (t === last ? score : 0));
}

export interface Advantages {
  readonly advantages: number[];
  /** What the value function should have said: advantage + value. */
  readonly returns: number[];
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, equation 16), backwards:
 *
 *     delta_t = r_t + gamma V_(t+1) - V_t          A_t = delta_t + gamma lambda A_(t+1)
 *
 * After the last token there is nothing: V = A = 0. lambda = 0 trusts the value function, lambda = 1 the rewards.
 */
export function gae(
  rewards: readonly number[],
  values: readonly number[],
  { gamma = 1, lambda = 0.95 }: { readonly gamma?: number; readonly lambda?: number } = {},
): Advantages {
  const advantages = new Array<number>(rewards.length).fill(0);
  let next = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const delta = (rewards[t] as number) + gamma * (values[t + 1] ?? 0) - (values[t] as number);
    next = delta + gamma * lambda * next;
    advantages[t] = next;
  }
  return { advantages, returns: advantages.map((each, t) => each + (values[t] as number)) };
}

/** Advantages of a whole batch with mean 0 and deviation 1, as most PPO programs do: the step's size is then the rate's. */
export function whitened(advantages: readonly (readonly number[])[]): number[][] {
  const all = advantages.flat();
  const mean = all.reduce((sum, each) => sum + each, 0) / all.length;
  const variance = all.reduce((sum, each) => sum + (each - mean) ** 2, 0) / all.length;
  const scale = 1 / Math.sqrt(variance + 1e-8);
  return advantages.map((row) => row.map((each) => (each - mean) * scale));
}
