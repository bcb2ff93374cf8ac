import { readFileSync } from "node:fs";
import { join } from "node:path";
import { integer, makeRng } from "../../src/engine";

/** A GPT and its batch. */
export interface GptConfig {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly context: number;
  readonly batch: number;
  readonly vocabulary: number;
}

/** nanoGPT's run for a CPU, and its run for a card with a batch that a CPU can bear. 65: the letters of Shakespeare. */
export const configs = {
  small: { layers: 4, heads: 4, width: 128, context: 64, batch: 12, vocabulary: 65 },
  large: { layers: 6, heads: 6, width: 384, context: 256, batch: 8, vocabulary: 65 },
} as const satisfies Readonly<Record<string, GptConfig>>;

/** Adam: AdamW without decay, since tfjs, which is among the contenders, has no other. */
export const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 } as const;

/** Inputs and, one place further on, labels; each batch * context ids. */
export interface Batch {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Batches of random places in tiny Shakespeare, by character. */
export function shakespeareBatches({ batch, context, vocabulary }: GptConfig, count: number): Batch[] {
  const text = readFileSync(join(__dirname, "..", "..", "datasets", "tinyshakespeare", "input.txt"), "utf8");
  const letters = [...new Set(text)].sort();
  if (letters.length > vocabulary)
    throw new RangeError(`the text has ${letters.length} letters, not ${vocabulary}`);
  const ids = new Map(letters.map((letter, id) => [letter, id]));
  const rng = makeRng(1);
  return Array.from({ length: count }, () => {
    const rows = Array.from({ length: batch }, () => {
      const start = integer(rng, text.length - context);
      return Array.from(text.slice(start, start + context + 1), (letter) => ids.get(letter) as number);
    });
    return { x: rows.flatMap((row) => row.slice(0, -1)), y: rows.flatMap((row) => row.slice(1)) };
  });
}
