/** @throws RangeError for an empty pool, or a count that is no whole number from 0 or more than the pool has */
export function expectPool(who: string, pool: number, count: number): void {
  if (pool === 0)
    throw new RangeError(
      `${who}: the pool of demonstrations is empty. Cure: give examples, or prompt without any`,
    );
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`${who}: count must be a whole number from 0, got ${count}`);
  if (count > pool)
    throw new RangeError(
      `${who}: ${count} demonstrations are asked of a pool of ${pool}. Cure: ask for fewer`,
    );
}
