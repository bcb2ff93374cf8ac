/** IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits) as float32; exact. */
export function fromHalf(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const raw = new Uint32Array(out.buffer);
  for (let i = 0; i < out.length; i++) {
    const half = halves[i] as number;
    const sign = (half & 0x8000) << 16;
    const rest = half & 0x7fff;
    if (rest >= 0x7c00) raw[i] = sign | 0x7f800000 | ((rest & 0x3ff) << 13);
    else if (rest >= 0x400)
      raw[i] = sign | ((rest << 13) + 0x38000000); // exponent bias 15 -> 127
    else out[i] = (sign === 0 ? 1 : -1) * rest * 2 ** -24; // subnormal
  }
  return out;
}

let values: Float32Array | undefined;

/** The binary16 number in bytes `at` and `at + 1` (little-endian), from a table of all of them. */
export function half(bytes: Uint8Array, at: number): number {
  values ??= fromHalf(Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits));
  return values[bytes[at]! | (bytes[at + 1]! << 8)]!;
}
