/**
 * The K-quants: blocks of 256 weights in sub-blocks, whose scales are themselves quantised against the block's scale.
 * Source: ggml-quants.c, `dequantize_row_q4_K`, `_q5_K`, `_q6_K` and `get_scale_min_k4`.
 */
import { half } from "./half";

/**
 * Scale (`min` false) or minimum (`min` true) of sub-block j of 8, 6 bits each, in the 12 bytes at `at`. Those of
 * sub-blocks 0-3 are whole bytes' lower 6 bits; 4-7 have 4 bits in the last 4 bytes and 2 in the tops of the first 8.
 */
function scaleK(raw: Uint8Array, at: number, j: number, min: boolean): number {
  const own = at + (min ? 4 : 0);
  if (j < 4) return raw[own + j]! & 63;
  const last = raw[at + 4 + j]!;
  return (min ? last >> 4 : last & 15) | ((raw[own + j - 4]! >> 6) << 4);
}

/**
 * Block: d, dmin, 12 bytes of scales and minima, 128 bytes: of each 32 bytes, the lower halves are one sub-block of 32
 * weights and the upper halves the next. Weight = d scale q - dmin min.
 */
export function q4K(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += 144, to += 256) {
    const d = half(raw, at);
    const dmin = half(raw, at + 2);
    for (let j = 0; j < 8; j++) {
      const scale = d * scaleK(raw, at + 4, j, false);
      const min = dmin * scaleK(raw, at + 4, j, true);
      const shift = 4 * (j & 1);
      const from = at + 16 + 32 * (j >> 1);
      for (let i = 0; i < 32; i++) out[to + 32 * j + i] = scale * ((raw[from + i]! >> shift) & 15) - min;
    }
  }
}

/** As Q4_K, with 32 bytes of fifth bits before the 128: bit j of byte i is of weight i of sub-block j. */
export function q5K(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += 176, to += 256) {
    const d = half(raw, at);
    const dmin = half(raw, at + 2);
    for (let j = 0; j < 8; j++) {
      const scale = d * scaleK(raw, at + 4, j, false);
      const min = dmin * scaleK(raw, at + 4, j, true);
      const shift = 4 * (j & 1);
      const from = at + 48 + 32 * (j >> 1);
      for (let i = 0; i < 32; i++) {
        const q = ((raw[from + i]! >> shift) & 15) | (((raw[at + 16 + i]! >> j) & 1) << 4);
        out[to + 32 * j + i] = scale * q - min;
      }
    }
  }
}

/**
 * Block: 128 bytes of lower 4 bits, 64 bytes of upper 2 bits, 16 scales of 8 bits with sign, d. In each half of 128
 * weights, group g of 4 holds 32 weights: lower bits in byte i or i + 32 (g odd), upper or lower half by g >> 1;
 * upper bits in byte i, at bit 2 g. A scale serves 16 weights. Weight = d scale (q - 32).
 */
export function q6K(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += 210, to += 256) {
    const d = half(raw, at + 208);
    for (let sub = 0; sub < 16; sub++) {
      const scale = d * ((raw[at + 192 + sub]! << 24) >> 24);
      const part = sub >> 3;
      const group = (sub >> 1) & 3;
      const start = 16 * (sub & 1);
      const low = at + 64 * part + 32 * (group & 1) + start;
      const high = at + 128 + 32 * part + start;
      const shift = 4 * (group >> 1);
      for (let i = 0; i < 16; i++) {
        const q = ((raw[low + i]! >> shift) & 15) | (((raw[high + i]! >> (2 * group)) & 3) << 4);
        out[to + 16 * sub + i] = scale * (q - 32);
      }
    }
  }
}
