import { PairTable } from "./pairTable";

/** A pair waiting to be merged, its count when it was queued, and the words where it was then formed. */
export interface Candidate {
  readonly a: number;
  readonly b: number;
  /** Its number: pairs are numbered as they appear. */
  readonly pair: number;
  readonly count: number;
  readonly words: readonly number[];
}

/**
 * Counts of all pairs of neighbours, and a queue that gives the most frequent.
 *
 * The counts change with every merge. Moving each touched pair in the queue would cost most of the training,
 * so a candidate keeps the count it was queued with, and one that comes up with an old count goes back in with
 * the new one: counts of waiting pairs only fall (a merge forms only pairs with its new token), so nothing
 * better can hide below.
 */
export class PairCounts {
  private readonly table = new PairTable(1 << 14);
  private readonly counts: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  /** Words where a pair was formed since the last `enqueue`, and the pairs that have any. */
  private readonly formedIn: (number[] | undefined)[] = [];
  private formed: number[] = [];
  private readonly heap: Candidate[] = [];

  /** Adds `delta` to a pair's count; a positive one also says that the pair now stands in this word. */
  change(a: number, b: number, delta: number, word: number): void {
    let pair = this.table.get(a, b);
    if (pair < 0) {
      pair = this.counts.length;
      this.table.set(a, b, pair);
      this.counts.push(0);
      this.left.push(a);
      this.right.push(b);
      this.formedIn.push(undefined);
    }
    this.counts[pair] += delta;
    if (delta < 0) return;
    const words = this.formedIn[pair];
    if (words === undefined) {
      this.formedIn[pair] = [word];
      this.formed.push(pair);
    } else if (words[words.length - 1] !== word) {
      words.push(word);
    }
  }

  /** Queues the pairs formed since the last call. */
  enqueue(): void {
    for (const pair of this.formed) {
      const words = this.formedIn[pair] ?? [];
      this.formedIn[pair] = undefined;
      const [a, b, count] = [this.left[pair], this.right[pair], this.counts[pair]];
      if (count > 0) this.push({ a, b, pair, count, words });
    }
    this.formed = [];
  }

  /** Takes the most frequent pair off the queue: ties go to the smaller left id, then the smaller right id. */
  pop(): Candidate | undefined {
    for (;;) {
      const top = this.heap[0];
      if (top === undefined) return undefined;
      const last = this.heap.pop()!;
      if (this.heap.length > 0) this.sink(last);
      if (top.count === this.counts[top.pair]) return top;
      this.push({ ...top, count: this.counts[top.pair] });
    }
  }

  private push(candidate: Candidate): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(candidate);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(candidate, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = candidate;
  }

  /** Puts a candidate at the root, whose place is free, and lets it sink. */
  private sink(candidate: Candidate): void {
    const { heap } = this;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], candidate)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = candidate;
  }
}

function before(x: Candidate, y: Candidate): boolean {
  if (x.count !== y.count) return x.count > y.count;
  return x.a !== y.a ? x.a < y.a : x.b < y.b;
}
