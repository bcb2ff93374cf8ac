/**
 * Philox4x32-10, a counter-based generator: ten rounds of multiply and xor turn (key, counter) into 128 random bits.
 * There is no state to advance, so any block can be computed alone and on any processor.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.3; the same
 * generator as in TensorFlow's and PyTorch's CUDA code.
 */
export type Words = [number, number, number, number];

/** Bit i of the block: out[0] | out[1] << 32 | out[2] << 64 | out[3] << 96, each an unsigned 32-bit word. */
export function philox(key0: number, key1: number, counter: Readonly<Words>, out: Words): Words {
  let [c0, c1, c2, c3] = counter;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = mulHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0; // the golden ratio
    k1 = (k1 + 0xbb67ae85) | 0; // sqrt(3) - 1
  }
  out[0] = c0 >>> 0;
  out[1] = c1 >>> 0;
  out[2] = c2 >>> 0;
  out[3] = c3 >>> 0;
  return out;
}

/** The upper 32 bits of an unsigned 32 x 32 bit product, from 16-bit halves: doubles hold only 53 bits. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}
