import { PairTable } from "./pairTable";

/**
 * The merges of a model, ready for look-up: a pair of ids has a rank (the lower, the earlier it was learned)
 * and a rank has the id of the token that it makes.
 */
export interface MergeTable {
  readonly ranks: PairTable;
  readonly merged: Int32Array;
}

const NONE = 0x7fffffff;

/** Words longer than this many bytes use the heap: the scan is quadratic, but faster for short ones. */
const SCAN_LIMIT = 48;

/**
 * Byte-pair encoding of one word (Sennrich et al. 2016, section 3.2): while some neighbours form a known pair,
 * merge the pair of the lowest rank, the leftmost where it occurs more than once.
 *
 * Works in place: `ids[0, length)` are the ids of the word's bytes; the result is `ids[0, returned)`.
 */
export function mergeWord(table: MergeTable, ids: Int32Array, length: number): number {
  return length <= SCAN_LIMIT ? mergeByScan(table, ids, length) : mergeByHeap(table, ids, length);
}

const scanRanks = new Int32Array(SCAN_LIMIT);

/** The rule as it is written: look at every pair, merge the best, look again. O(n^2). */
function mergeByScan({ ranks, merged }: MergeTable, ids: Int32Array, length: number): number {
  const pairRank = (i: number) => {
    const rank = ranks.get(ids[i], ids[i + 1]);
    return rank < 0 ? NONE : rank;
  };
  // scanRanks[i] is the rank of the pair (ids[i], ids[i + 1]).
  for (let i = 0; i + 1 < length; i++) scanRanks[i] = pairRank(i);
  while (length > 1) {
    let best = 0;
    for (let i = 1; i + 1 < length; i++) if (scanRanks[i] < scanRanks[best]) best = i;
    if (scanRanks[best] === NONE) break;
    ids[best] = merged[scanRanks[best]];
    length--;
    for (let i = best + 1; i < length; i++) {
      ids[i] = ids[i + 1];
      scanRanks[i - 1] = scanRanks[i];
    }
    if (best > 0) scanRanks[best - 1] = pairRank(best - 1);
    if (best + 1 < length) scanRanks[best] = pairRank(best);
  }
  return length;
}

/**
 * The same rule for long words, O(n log n): tokens in a linked list by position, candidate pairs in a heap
 * ordered by (rank, position). A pair that a neighbour's merge has changed is found stale when it comes up.
 */
function mergeByHeap({ ranks, merged }: MergeTable, ids: Int32Array, length: number): number {
  const next = new Int32Array(length);
  const previous = new Int32Array(length);
  const heap = new CandidateHeap(length);
  for (let i = 0; i < length; i++) {
    next[i] = i + 1;
    previous[i] = i - 1;
    const rank = i + 1 < length ? ranks.get(ids[i], ids[i + 1]) : -1;
    if (rank >= 0) heap.append(rank, i);
  }
  heap.order();

  while (heap.size > 0) {
    const rank = heap.topRank;
    const at = heap.topPosition;
    heap.pop();
    // Stale: `at` was swallowed (ids -1), or its pair is another one now.
    if (ids[at] < 0 || next[at] >= length) continue;
    if (ranks.get(ids[at], ids[next[at]]) !== rank) continue;

    const swallowed = next[at];
    ids[at] = merged[rank];
    ids[swallowed] = -1;
    next[at] = next[swallowed];
    if (next[at] < length) {
      previous[next[at]] = at;
      const right = ranks.get(ids[at], ids[next[at]]);
      if (right >= 0) heap.push(right, at);
    }
    if (at > 0) {
      const left = ranks.get(ids[previous[at]], ids[at]);
      if (left >= 0) heap.push(left, previous[at]);
    }
  }

  let out = 0;
  for (let i = 0; i < length; i = next[i]) ids[out++] = ids[i];
  return out;
}

/**
 * A binary heap of (rank, position), smallest first. Both in one double, rank * 2^31 + position: one
 * comparison orders them, 8 bytes hold them, and ranks below 2^22 keep it exact.
 */
class CandidateHeap {
  private keys: Float64Array;
  size = 0;

  constructor(capacity: number) {
    this.keys = new Float64Array(capacity);
  }

  get topRank(): number {
    return Math.floor(this.keys[0] / 2 ** 31);
  }

  get topPosition(): number {
    return this.keys[0] % 2 ** 31;
  }

  /** Adds without ordering; `order` must follow. */
  append(rank: number, position: number): void {
    if (this.size === this.keys.length) this.grow();
    this.keys[this.size++] = rank * 2 ** 31 + position;
  }

  order(): void {
    for (let i = (this.size >> 1) - 1; i >= 0; i--) this.sink(i);
  }

  push(rank: number, position: number): void {
    this.append(rank, position);
    const key = this.keys[this.size - 1];
    let i = this.size - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.keys[parent] <= key) break;
      this.keys[i] = this.keys[parent];
      i = parent;
    }
    this.keys[i] = key;
  }

  pop(): void {
    this.size--;
    if (this.size > 0) {
      this.keys[0] = this.keys[this.size];
      this.sink(0);
    }
  }

  private sink(from: number): void {
    const { keys, size } = this;
    const key = keys[from];
    let i = from;
    for (let child = 2 * i + 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= key) break;
      keys[i] = keys[child];
      i = child;
    }
    keys[i] = key;
  }

  private grow(): void {
    const larger = new Float64Array(2 * this.keys.length + 16);
    larger.set(this.keys);
    this.keys = larger;
  }
}
