import type { Candidate } from "./bpeTrainPairs";
import { PairTable } from "./pairTable";

interface Entry {
  readonly pair: number;
  readonly score: number;
  /** The pair's count when it was queued: the order of the heap must not change under it. */
  readonly count: number;
  /** An entry is out of date when its pair has a newer one. */
  readonly stamp: number;
}

/**
 * Pairs of neighbours by count(ab) / (count(a) x count(b)): the merge that raises the likelihood of a unigram
 * model of the pieces most for each use (Schuster & Nakajima 2012, section 3). The same calls as `PairCounts`, plus
 * `changeSymbol`.
 *
 * Unlike a count, this score can rise while a pair waits, when its parts become rarer. So each merge queues anew all
 * pairs that hold one of the two merged symbols, and old entries are passed over.
 */
export class PairLikelihoods {
  private readonly table = new PairTable(1 << 14);
  private readonly counts: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  private readonly words: number[][] = [];
  private readonly stamps: number[] = [];
  private readonly symbolCounts: number[] = [];
  private readonly pairsOf: number[][] = [];
  private touchedPairs = new Set<number>();
  private touchedSymbols = new Set<number>();
  private heap: Entry[] = [];

  /** @param minCount pairs seen less often are no candidates: a rare pair of rare parts would win at once */
  constructor(private readonly minCount: number) {}

  changeSymbol(id: number, delta: number): void {
    this.symbolCounts[id] = (this.symbolCounts[id] ?? 0) + delta;
    this.touchedSymbols.add(id);
  }

  change(a: number, b: number, delta: number, word: number): void {
    let pair = this.table.get(a, b);
    if (pair < 0) {
      pair = this.counts.length;
      this.table.set(a, b, pair);
      this.counts.push(0);
      this.left.push(a);
      this.right.push(b);
      this.words.push([]);
      this.stamps.push(0);
      for (const id of a === b ? [a] : [a, b]) (this.pairsOf[id] ??= []).push(pair);
    }
    this.counts[pair] += delta;
    this.touchedPairs.add(pair);
    const { [pair]: words } = this.words;
    if (delta > 0 && words[words.length - 1] !== word) words.push(word);
  }

  /** Queues what the changes since the last call concern. */
  enqueue(): void {
    for (const id of this.touchedSymbols)
      for (const pair of this.pairsOf[id] ?? []) this.touchedPairs.add(pair);
    for (const pair of this.touchedPairs) {
      this.stamps[pair]++;
      if (this.counts[pair] < this.minCount) continue;
      const parts = this.symbolCounts[this.left[pair]] * this.symbolCounts[this.right[pair]];
      const count = this.counts[pair];
      this.push({ pair, score: count / parts, count, stamp: this.stamps[pair] });
    }
    this.touchedSymbols.clear();
    this.touchedPairs.clear();
    if (this.heap.length > 4 * this.counts.length + 1024) this.sweep();
  }

  /** The pair of the highest score; of equals the more frequent, then the smaller ids. */
  pop(): Candidate | undefined {
    while (this.heap.length > 0) {
      const top = this.heap[0];
      const last = this.heap.pop()!;
      if (this.heap.length > 0) this.sink(last);
      const { pair } = top;
      if (top.stamp !== this.stamps[pair]) continue;
      const words = [...new Set(this.words[pair])];
      return { a: this.left[pair], b: this.right[pair], pair, count: this.counts[pair], words };
    }
    return undefined;
  }

  private before(x: Entry, y: Entry): boolean {
    if (x.score !== y.score) return x.score > y.score;
    if (x.count !== y.count) return x.count > y.count;
    const byLeft = this.left[x.pair] - this.left[y.pair];
    return byLeft !== 0 ? byLeft < 0 : this.right[x.pair] < this.right[y.pair];
  }

  /** Builds the heap again from the entries that are not out of date. */
  private sweep(): void {
    const old = this.heap;
    this.heap = [];
    for (const entry of old) if (entry.stamp === this.stamps[entry.pair]) this.push(entry);
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(entry, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = entry;
  }

  private sink(entry: Entry): void {
    const { heap } = this;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && this.before(heap[child + 1], heap[child])) child++;
      if (!this.before(heap[child], entry)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = entry;
  }
}
