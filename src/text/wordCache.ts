/**
 * Words already encoded, found by their characters where they stand in the text.
 *
 * A `Map<string, number[]>` would cut a string out of the text for each word and let the engine hash it, most
 * of the encoder's time. Here the characters are hashed in place and compared with a pool of stored words.
 *
 * The time goes to cache misses, so the layout serves locality: a slot of 4 bytes says by a tag of 13 hash
 * bits whether its word is worth a look; rows, characters and ids lie in the order in which words first came,
 * which puts the common words side by side. (Rows inside the hash table itself were slower by a third.)
 *
 * Memory is bounded, about 6 MB: when something is full all is forgotten, and the common words come back at once.
 */
export class WordCache {
  /** Longest word kept, in UTF-16 units: longer ones hardly come twice. */
  static readonly maxWord = 64;

  /** Open addressing with linear probing: tag << 18 | row + 1, or 0 where free. */
  private readonly slots = new Int32Array(SLOTS);
  private readonly rows = new Int32Array(WORDS * ROW);
  private readonly chars = new Uint16Array(CHARS);
  private readonly ids = new Int32Array(IDS);
  private words = 0;
  private charsUsed = 0;
  private idsUsed = 0;

  /** Writes the ids of the word text[start, end) to `out` from `at` on; returns the new end, or -1 where the word is not known. */
  read(text: string, start: number, end: number, out: Int32Array, at: number): number {
    const row = (this.slots[this.find(text, start, end)] & ROW_BITS) - 1;
    if (row < 0) return -1;
    const { rows, ids } = this;
    const first = rows[row * ROW + FIRST_ID];
    const last = first + rows[row * ROW + COUNT];
    for (let i = first; i < last; i++) out[at++] = ids[i];
    return at;
  }

  /** Keeps the ids of a word that `read` did not find. */
  write(text: string, start: number, end: number, wordIds: ArrayLike<number>, count: number): void {
    const length = end - start;
    if (length > WordCache.maxWord) return;
    if (this.words === WORDS || this.charsUsed + length > CHARS || this.idsUsed + count > IDS) this.clear();

    const { rows, chars, ids } = this;
    const slot = this.find(text, start, end);
    const row = this.words++;
    this.slots[slot] = (hashOf(text, start, end) & ~ROW_BITS) | (row + 1);
    rows[row * ROW + LENGTH] = length;
    rows[row * ROW + FIRST_CHAR] = this.charsUsed;
    rows[row * ROW + FIRST_ID] = this.idsUsed;
    rows[row * ROW + COUNT] = count;
    for (let i = start; i < end; i++) chars[this.charsUsed++] = text.charCodeAt(i);
    for (let i = 0; i < count; i++) ids[this.idsUsed++] = wordIds[i];
  }

  clear(): void {
    this.slots.fill(0);
    this.words = this.charsUsed = this.idsUsed = 0;
  }

  /** The slot of the word, or the free slot where it belongs. */
  private find(text: string, start: number, end: number): number {
    const { slots, rows, chars } = this;
    const length = end - start;
    const hash = hashOf(text, start, end);
    for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const entry = slots[slot];
      if (entry === 0) return slot;
      if (((entry ^ hash) & ~ROW_BITS) !== 0) continue;
      const row = ((entry & ROW_BITS) - 1) * ROW;
      if (rows[row + LENGTH] !== length) continue;
      const first = rows[row + FIRST_CHAR];
      let i = 0;
      while (i < length && chars[first + i] === text.charCodeAt(start + i)) i++;
      if (i === length) return slot;
    }
  }
}

const WORDS = 1 << 17;
const SLOTS = 2 * WORDS;
const CHARS = 1 << 20;
const IDS = 1 << 19;
const ROW_BITS = (1 << 18) - 1;

// Fields of a row.
const ROW = 4;
const LENGTH = 0;
const FIRST_CHAR = 1;
const FIRST_ID = 2;
const COUNT = 3;

/** FNV-1a over UTF-16 units, with a fold of the high bits. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
