/** Small checks that every tokenizer with a list of tokens shares. */

/** @throws RangeError that names the id and the size, unless `id` is a whole number in 0 .. size - 1 */
export function checkId(id: number, size: number): void {
  if (!Number.isInteger(id) || id < 0 || id >= size) {
    throw new RangeError(`Unknown token id ${id}: this vocabulary has ids 0 to ${size - 1}.`);
  }
}

/** The ids of special tokens by name. @throws RangeError when one is not in the vocabulary */
export function specialIds(
  names: readonly string[],
  ids: ReadonlyMap<string, number>,
): Record<string, number> {
  const out: Record<string, number> = {};
  for (const name of names) {
    const id = ids.get(name);
    if (id === undefined)
      throw new RangeError(`Special token ${JSON.stringify(name)} is not in the vocabulary.`);
    out[name] = id;
  }
  return out;
}

/** How often each item occurs, most frequent first; equal counts in code-unit order, so the result is reproducible. */
export function byFrequency(items: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return sortByCount(counts);
}

/** Entries of a table of counts, greatest first; equal counts in code-unit order. */
export function sortByCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
}
