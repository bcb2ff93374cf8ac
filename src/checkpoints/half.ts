/** 2^(e - 25) for an exponent e of 1 to 30: what one step of the 10-bit fraction is worth. */
const step = Float64Array.from({ length: 31 }, (_, e) => 2 ** (Math.max(e, 1) - 25));

/** The IEEE 754 binary16 number in bytes `at` and `at + 1` (little-endian), exactly. */
export function half(bytes: Uint8Array, at: number): number {
  const high = bytes[at + 1]!;
  const exponent = (high >> 2) & 31;
  const fraction = ((high & 3) << 8) | bytes[at]!;
  let size: number;
  if (exponent === 31) size = fraction === 0 ? Infinity : NaN;
  // An exponent of 0 means a subnormal number: no hidden bit.
  else size = (exponent === 0 ? fraction : fraction | 1024) * step[exponent]!;
  return high & 128 ? -size : size;
}
