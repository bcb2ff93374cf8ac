import { PairTable } from "./pairTable";

/**
 * A prefix tree over UTF-16 code units: finds all entries that begin at a place in one walk.
 * Node 0 is the root; `next` has the child of (node, unit); `value[node]` is the id of the entry that ends there, or -1.
 */
export interface Trie {
  readonly next: PairTable;
  readonly value: Int32Array;
}

/** Builds the tree of entries; an entry's id is its place in the list, and undefined entries are left out. */
export function buildTrie(entries: readonly (string | undefined)[]): Trie {
  const next = new PairTable(4 * entries.length);
  const value = [-1];
  entries.forEach((entry, id) => {
    if (entry === undefined || entry === "") return;
    let node = 0;
    for (let i = 0; i < entry.length; i++) {
      const unit = entry.charCodeAt(i);
      let child = next.get(node, unit);
      if (child < 0) {
        child = value.length;
        next.set(node, unit, child);
        value.push(-1);
      }
      node = child;
    }
    value[node] = id;
  });
  return { next, value: Int32Array.from(value) };
}
