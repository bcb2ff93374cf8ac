import { writeUtf8 } from "./bytes";
import { type SplitName, nextWord } from "./split";

/** Told of each pair that a change of the words made or destroyed: `delta` times the count of the word. */
export type PairChange = (a: number, b: number, delta: number, word: number) => void;

/**
 * The training text as its different words: each a row of ids with the number of times it occurs. All rows lie
 * in one array; a word keeps its place and gets shorter as its ids merge.
 */
export class TrainerWords {
  private readonly symbols: Int32Array;
  private readonly start: Int32Array;
  private readonly length: Int32Array;
  private readonly count: Float64Array;

  /** @param byteIds the id of each of the 256 bytes */
  constructor(counted: ReadonlyMap<string, number>, byteIds: ArrayLike<number>) {
    let room = 0;
    for (const word of counted.keys()) room += 3 * word.length;
    const bytes = new Uint8Array(room);
    this.start = new Int32Array(counted.size);
    this.length = new Int32Array(counted.size);
    this.count = Float64Array.from(counted.values());
    let at = 0;
    let index = 0;
    for (const word of counted.keys()) {
      const length = writeUtf8(word, 0, word.length, bytes.subarray(at));
      this.start[index] = at;
      this.length[index++] = length;
      at += length;
    }
    this.symbols = Int32Array.from(bytes.subarray(0, at), (byte) => byteIds[byte]);
  }

  /** Reports every pair of every word once. */
  eachPair(change: PairChange): void {
    for (let word = 0; word < this.start.length; word++) {
      const end = this.start[word] + this.length[word];
      for (let i = this.start[word]; i + 1 < end; i++) {
        change(this.symbols[i], this.symbols[i + 1], this.count[word], word);
      }
    }
  }

  /** Replaces (a, b) by `id` from left to right in one word, and reports the neighbours' pairs. */
  merge(word: number, a: number, b: number, id: number, change: PairChange): void {
    const { symbols } = this;
    const count = this.count[word];
    const start = this.start[word];
    const end = start + this.length[word];
    let write = start;
    for (let read = start; read < end; write++) {
      if (symbols[read] !== a || read + 1 >= end || symbols[read + 1] !== b) {
        symbols[write] = symbols[read++];
        continue;
      }
      if (write > start) {
        change(symbols[write - 1], a, -count, word);
        change(symbols[write - 1], id, count, word);
      }
      read += 2;
      if (read < end) {
        change(b, symbols[read], -count, word);
        change(id, symbols[read], count, word);
      }
      symbols[write] = id;
    }
    this.length[word] = write - start;
  }
}

/** How often each word occurs in the texts. */
export function countWords(texts: Iterable<string>, split: SplitName): Map<string, number> {
  const counts = new Map<string, number>();
  const next = nextWord[split];
  for (const text of texts) {
    for (let start = 0; start < text.length;) {
      const end = next(text, start);
      const word = text.slice(start, end);
      counts.set(word, (counts.get(word) ?? 0) + 1);
      start = end;
    }
  }
  return counts;
}
