import { characterSize, type PieceTable } from "./unigramLattice";

/** A stretch this long is given out as soon as no piece spans its end, so memory does not grow with the text. */
const FLUSH_LENGTH = 1 << 12;

/** Beyond this sum 32-bit floats hold fewer than 7 binary digits after the point: start again from 0. */
const REBASE_SCORE = -(1 << 16);

/**
 * The most probable segmentation, without storing the lattice: `bestPath` in one pass.
 *
 * Sums are rounded to 32 bits, since sentencepiece's are: two nearly equal cuts are then judged alike. But
 * sentencepiece adds up the whole text, and after some 30 KB on one line its sums lose the digits that matter; here
 * the sum starts again at a place that no piece spans, which changes no comparison between paths but their rounding.
 *
 * Time is linear in the text, times the length of the longest piece at most. Of equal paths the one with the longer
 * last piece wins, as in sentencepiece.
 *
 * @param emit called for each piece in order, with places in `units`
 */
export function viterbi(
  { trie, scores32, unknownId, unknownScore }: PieceTable,
  units: Uint16Array,
  length: number,
  emit: (id: number, start: number, end: number) => void,
): void {
  const unknown32 = Math.fround(unknownScore);
  let capacity = Math.min(length, 2 * FLUSH_LENGTH) + 1;
  // Of the best path that ends at base + i: its score, its last piece and where that starts (-1: none yet).
  let best = new Float32Array(capacity);
  let from = new Int32Array(capacity).fill(-1);
  let piece = new Int32Array(capacity);
  let base = 0;
  let reach = 0; // the furthest end of a piece so far

  const grow = (needed: number) => {
    while (capacity < needed) capacity *= 2;
    const [oldBest, oldFrom, oldPiece] = [best, from, piece];
    (best = new Float32Array(capacity)).set(oldBest);
    (from = new Int32Array(capacity).fill(-1)).set(oldFrom);
    (piece = new Int32Array(capacity)).set(oldPiece);
  };
  const offer = (start: number, end: number, id: number, score: number) => {
    const i = end - base;
    if (i >= capacity) grow(i + 1);
    if (from[i] < 0 || score > best[i]) {
      best[i] = score;
      from[i] = start;
      piece[i] = id;
    }
    if (end > reach) reach = end;
  };
  const flush = (at: number) => {
    const ends: number[] = [];
    for (let end = at; end > base; end = from[end - base]) ends.push(end);
    for (let i = ends.length - 1; i >= 0; i--) emit(piece[ends[i] - base], from[ends[i] - base], ends[i]);
    const score = best[at - base];
    from.fill(-1, 0, at - base + 1);
    base = at;
    best[0] = score < REBASE_SCORE ? 0 : score;
  };

  for (let at = 0, size = 0; at < length; at += size) {
    if (at === reach && at - base >= FLUSH_LENGTH) flush(at);
    const here = best[at - base];
    size = characterSize(units, at, length);
    let single = false;
    for (let node = 0, end = at; end < length;) {
      node = trie.next.get(node, units[end++]);
      if (node < 0) break;
      const id = trie.value[node];
      if (id < 0) continue;
      offer(at, end, id, Math.fround(here + scores32[id]));
      if (end - at === size) single = true;
    }
    if (!single) offer(at, at + size, unknownId, Math.fround(here + unknown32));
  }
  flush(length);
}
