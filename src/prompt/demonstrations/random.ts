import { fork, shuffle } from "../../engine";
import type { Rng } from "../../engine";
import { expectPool } from "./check";

export interface RandomOptions<T> {
  /**
   * Draws label by label, each about as often (a stratified draw): of 77 intents five shots show five. A label whose
   * examples are used up is passed over. Without it every example is as likely as any other.
   */
  readonly labelOf?: (example: T) => string;
}

/**
 * Demonstrations at random, in random order, none twice. Fewer from the same generator are the first of more, so curves
 * over the number of shots differ by the shots alone.
 *
 * @param rng is read, not advanced: take a fork a seed
 * @throws RangeError for an empty pool, or more demonstrations than it has
 */
export function randomDemonstrations<T>(
  pool: readonly T[],
  count: number,
  rng: Rng,
  { labelOf }: RandomOptions<T> = {},
): T[] {
  expectPool("randomDemonstrations", pool.length, count);
  const mixed = shuffle(fork(rng, "demonstrations"), pool);
  if (!labelOf) return mixed.slice(0, count);
  const byLabel = new Map<string, T[]>();
  for (const example of mixed) {
    const label = labelOf(example);
    const own = byLabel.get(label);
    if (own) own.push(example);
    else byLabel.set(label, [example]);
  }
  const labels = [...byLabel.keys()];
  const chosen: T[] = [];
  // Each round takes one example of every label, the labels in an order of that round: no order tells the next label.
  for (let round = 0; chosen.length < count; round++)
    for (const label of shuffle(fork(rng, `round ${round}`), labels))
      chosen.push(...(byLabel.get(label) as T[]).slice(round, round + 1));
  return chosen.slice(0, count);
}
