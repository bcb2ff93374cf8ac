/**
 * SHA-256 (FIPS 180-4), for keys that are the same in Node and in a browser. Browsers have it only in pages of https or
 * of the machine itself, and a class reads pages from a teacher's machine too.
 */
const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** The first 64 primes give the constants: 32 bits after the point of their cube roots, or of the square roots. */
const primes = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0),
);
const bitsAfterPoint = (x: number): number => Math.floor((x % 1) * 2 ** 32) | 0;
const constants = Int32Array.from(primes, (p) => bitsAfterPoint(Math.cbrt(p)));
const first = Int32Array.from(primes.slice(0, 8), (p) => bitsAfterPoint(Math.sqrt(p)));

/** @returns the hash of the text in UTF-8, as 64 hexadecimal digits */
export function sha256(text: string): string {
  const bytes = new TextEncoder().encode(text);
  // A one, zeros, and the length in bits (64 of them) fill whole blocks of 64 bytes.
  const padded = new DataView(new ArrayBuffer(Math.ceil((bytes.length + 9) / 64) * 64));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(padded.byteLength - 8, Math.floor(bytes.length / 2 ** 29));
  padded.setUint32(padded.byteLength - 4, bytes.length << 3);
  const state = Int32Array.from(first);
  const words = new Int32Array(64);
  for (let at = 0; at < padded.byteLength; at += 64) {
    for (let t = 0; t < 16; t++) words[t] = padded.getInt32(at + 4 * t);
    block(state, words);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Section 6.2.2: stirs the 16 words of a block into the state, [8]. `words`, [64], has room for those made of them. */
function block(state: Int32Array, words: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const [w15, w2] = [words[t - 15] as number, words[t - 2] as number];
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    words[t] = (words[t - 16] as number) + s0 + (words[t - 7] as number) + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]; // prettier-ignore
  for (let t = 0; t < 64; t++) {
    const S1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + S1 + ((e & f) ^ (~e & g)) + (constants[t] as number) + (words[t] as number)) | 0;
    const S0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] as number) + word));
}
