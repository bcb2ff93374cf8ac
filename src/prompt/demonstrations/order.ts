/**
 * The same demonstrations in another order can be worth twenty points of accuracy. Lu et al. 2022, "Fantastically Ordered
 * Prompts and Where to Find Them": orders that make a model say one label, or make it sure of everything, are bad, and
 * entropy tells without any label. The probing set is unlabelled text, in the paper sampled from the model itself.
 */
import { fork, shuffle } from "../../engine";
import type { Rng } from "../../engine";
import { entropy } from "../../generate";
import { expectDistributions } from "./distributions";
import type { Distributions } from "./distributions";

/**
 * Orders to try: all of them where there are at most `limit` (four demonstrations have 24), else `limit` different ones
 * at random.
 * @param rng is read, not advanced; fewer from the same generator are the first of more
 * @returns orders of 0 .. count - 1; all of them in lexicographic order
 * @throws RangeError for a count or a limit that is no whole number from 1
 */
export function candidateOrders(count: number, rng: Rng, limit = 24): number[][] {
  for (const [what, value] of Object.entries({ count, limit }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`candidateOrders: ${what} must be a whole number from 1, got ${value}`);
  const places = Array.from({ length: count }, (_, i) => i);
  let all = 1;
  for (let n = 2; n <= count && all <= limit; n++) all *= n;
  if (all <= limit) return permutations(places);
  const drawn = new Map<string, number[]>();
  for (let draw = 0; drawn.size < limit; draw++) {
    const order = shuffle(fork(rng, draw), places);
    drawn.set(order.join(), order);
  }
  return [...drawn.values()];
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

/**
 * GlobalE: the entropy of the predicted labels' histogram over the probing set, in nats. 0 where one
 * label is predicted for all inputs.
 * @param distributions [N][L]
 * @throws RangeError that names a row that is no distribution
 */
export function globalEntropy(distributions: Distributions): number {
  expectDistributions("globalEntropy", distributions);
  const counts = (distributions[0] as readonly number[]).map(() => 0);
  for (const p of distributions) (counts[p.indexOf(Math.max(...p))] as number)++;
  return entropy(counts.map((n) => n / distributions.length));
}

/**
 * LocalE: the mean entropy of the distributions themselves, in nats. Low where the model is sure of each
 * input, right or wrong.
 * @param distributions [N][L]
 * @throws RangeError that names a row that is no distribution
 */
export function localEntropy(distributions: Distributions): number {
  expectDistributions("localEntropy", distributions);
  return distributions.reduce((sum, p) => sum + entropy(p), 0) / distributions.length;
}

export interface RankedOrder {
  readonly order: readonly number[];
  readonly globalEntropy: number;
  readonly localEntropy: number;
}

/**
 * Orders by entropy over a probing set, highest first; of equal ones, the earlier first. The paper takes the first four of
 * 24 and reports their mean.
 *
 * @param evaluate what the model says of each input of the probing set, [N][L], with the demonstrations in this order;
 *   called one after the other, so that it may share a cache
 * @throws RangeError where there are no orders, or one gives no distributions
 */
export async function rankOrders(
  orders: readonly (readonly number[])[],
  evaluate: (order: readonly number[]) => Promise<Distributions> | Distributions,
  by: "globalEntropy" | "localEntropy" = "globalEntropy",
): Promise<RankedOrder[]> {
  if (orders.length === 0)
    throw new RangeError("rankOrders: there are no orders. Cure: take candidateOrders");
  const ranked: RankedOrder[] = [];
  for (const order of orders) {
    const distributions = await evaluate(order);
    ranked.push({
      order,
      globalEntropy: globalEntropy(distributions),
      localEntropy: localEntropy(distributions),
    });
  }
  return ranked.sort((a, b) => b[by] - a[by]);
}
