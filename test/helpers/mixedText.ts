import { createHash } from "node:crypto";

/** Blocks the mixed text draws from; the same list as in test/golden/_common.py. */
const BLOCKS: readonly (readonly [number, number])[] = [
  [0x61, 0x7a], [0x41, 0x5a], [0x30, 0x39], [0x21, 0x7e], [0xc0, 0x17f], [0x300, 0x36f], [0x391, 0x3c9],
  [0x410, 0x44f], [0x5d0, 0x5ea], [0x621, 0x64a], [0x905, 0x94d], [0xe01, 0xe3a], [0x1100, 0x11f9],
  [0x1e00, 0x1eff], [0x2000, 0x206f], [0x2190, 0x21ff], [0x3041, 0x30ff], [0x4e00, 0x9fa5], [0xac00, 0xd7a3],
  [0xfe00, 0xfe0f], [0xff01, 0xff5e], [0x1f300, 0x1f64f], [0x20000, 0x20fff], [0x0, 0x20], [0x1d400, 0x1d7ff],
]; // prettier-ignore
const SEPARATORS = [
  ...Array<string>(6).fill(" "),
  "  ", "\n", "\t", ", ", ". ", "-", "'", "\u00a0", "\u3000",
]; // prettier-ignore

/** `words` random words of many scripts: the text that test/golden/_common.py makes from the same seed. */
export function mixedText(seed: number, words: number): string {
  let state = seed >>> 0;
  const draw = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % n;
  };
  const out: string[] = [];
  for (let i = 0; i < words; i++) {
    // Half of the words are plain lower case, as in real text.
    const [first, last] = draw(2) === 0 ? BLOCKS[0] : BLOCKS[draw(BLOCKS.length)];
    for (let n = 1 + draw(9); n > 0; n--) out.push(String.fromCodePoint(first + draw(last - first + 1)));
    out.push(SEPARATORS[draw(SEPARATORS.length)]);
  }
  return out.join("");
}

/** sha256 of ids as little-endian 32-bit numbers, as the golden scripts write it. */
export function hashIds(ids: ArrayLike<number>): string {
  return createHash("sha256")
    .update(new Uint8Array(Uint32Array.from(ids).buffer))
    .digest("hex");
}
