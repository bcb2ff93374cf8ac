/**
 * Quantised weights as they are in a GGUF file: whole numbers and scales, which packed weights keep without any loss.
 * quants.ts makes floats of the same blocks.
 */
import { half } from "./half";

/** Weights of one tensor, row-major, in groups of 32 along its rows. */
export interface Blocks {
  readonly kind: "int8" | "int4";
  /** -128 to 127, or 0 to 15. */
  readonly numbers: Float32Array;
  /** One a group: weight = scale number + least. */
  readonly scale: Float32Array;
  readonly least?: Float32Array;
}

/** Bytes of a block of 32 weights, for the types that can be kept as they are. */
const blockBytes = { Q8_0: 34, Q4_0: 18, Q4_1: 20 } as const;

export const keepsBlocks = (type: string): type is keyof typeof blockBytes => type in blockBytes;

/** @param raw whole blocks of a type for which `keepsBlocks` */
export function splitBlocks(type: keyof typeof blockBytes, raw: Uint8Array): Blocks {
  const bytes = blockBytes[type];
  const count = raw.length / bytes;
  const numbers = new Float32Array(count * 32);
  const [scale, least] = [new Float32Array(count), new Float32Array(count)];
  for (let block = 0; block < count; block++) {
    const at = block * bytes;
    const d = half(raw, at);
    scale[block] = d;
    if (type === "Q8_0") {
      for (let i = 0; i < 32; i++) numbers[32 * block + i] = (raw[at + 2 + i]! << 24) >> 24;
      continue;
    }
    // Q4_0: d (q - 8), Q4_1: d q + m. Byte i has number i in its lower half and number i + 16 in its upper.
    least[block] = type === "Q4_0" ? -8 * d : half(raw, at + 2);
    const from = at + bytes - 16;
    for (let i = 0; i < 16; i++) {
      numbers[32 * block + i] = raw[from + i]! & 15;
      numbers[32 * block + 16 + i] = raw[from + i]! >> 4;
    }
  }
  return type === "Q8_0" ? { kind: "int8", numbers, scale } : { kind: "int4", numbers, scale, least };
}
