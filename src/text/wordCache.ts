/**
 * Words already encoded, found by their characters where they stand in the text.
 *
 * A `Map<string, number[]>` would cut a string out of the text for each word and let the engine hash it, most
 * of the encoder's time. Here the characters are hashed in place and compared with a pool of stored words;
 * ids lie in a second pool. Memory is bounded: when a pool is full, everything is forgotten, and the common
 * words come back at once. About 6 MB when full.
 */
export class WordCache {
  /** Longest word kept, in UTF-16 units: longer ones hardly come twice. */
  static readonly maxWord = 64;

  private readonly slots = new Int32Array(SLOTS); // entry + 1, or 0 for free
  private readonly hashes = new Int32Array(ENTRIES);
  private readonly wordStart = new Int32Array(ENTRIES + 1); // word of entry e: chars[wordStart[e], wordStart[e + 1])
  private readonly idStart = new Int32Array(ENTRIES + 1); // its ids: ids[idStart[e], idStart[e + 1])
  private readonly chars = new Uint16Array(CHARS);
  private readonly ids = new Int32Array(IDS);
  private entries = 0;

  /** Appends the ids of the word text[start, end) to `out`; false where the word is not known. */
  read(text: string, start: number, end: number, out: number[]): boolean {
    const entry = this.slots[this.slot(text, start, end)] - 1;
    if (entry < 0) return false;
    for (let i = this.idStart[entry]; i < this.idStart[entry + 1]; i++) out.push(this.ids[i]);
    return true;
  }

  /** Keeps the ids of a word that `read` did not find. */
  write(text: string, start: number, end: number, ids: ArrayLike<number>, count: number): void {
    const length = end - start;
    if (length > WordCache.maxWord) return;
    const full =
      this.entries === ENTRIES ||
      this.wordStart[this.entries] + length > CHARS ||
      this.idStart[this.entries] + count > IDS;
    if (full) this.clear();

    const entry = this.entries++;
    this.slots[this.slot(text, start, end)] = entry + 1;
    this.hashes[entry] = hashOf(text, start, end);
    const word = this.wordStart[entry];
    for (let i = 0; i < length; i++) this.chars[word + i] = text.charCodeAt(start + i);
    this.wordStart[entry + 1] = word + length;
    const first = this.idStart[entry];
    for (let i = 0; i < count; i++) this.ids[first + i] = ids[i];
    this.idStart[entry + 1] = first + count;
  }

  clear(): void {
    this.entries = 0;
    this.slots.fill(0);
  }

  /** Where the word is in `slots`, or the free slot where it belongs. */
  private slot(text: string, start: number, end: number): number {
    const { slots, hashes, wordStart, chars } = this;
    const hash = hashOf(text, start, end);
    for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const entry = slots[slot] - 1;
      if (entry < 0) return slot;
      if (hashes[entry] !== hash) continue;
      let at = wordStart[entry];
      if (wordStart[entry + 1] - at !== end - start) continue;
      let i = start;
      while (i < end && chars[at] === text.charCodeAt(i)) {
        i++;
        at++;
      }
      if (i === end) return slot;
    }
  }
}

const ENTRIES = 1 << 17;
const SLOTS = 4 * ENTRIES;
const CHARS = 1 << 20;
const IDS = 1 << 19;

/** FNV-1a over UTF-16 units, with a fold of the high bits. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
