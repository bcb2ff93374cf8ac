import { normalTensor, tf, valuesNow } from "../../engine";
import type { Rng } from "../../engine";
import { embed } from "../../ops";

/**
 * Learned positions (Gehring et al. 2017; BERT, GPT-1 to 3): a row of numbers for each place, trained like any other
 * parameter. The table has an end: a place beyond it has no row, and no training ever made one.
 */
export interface LearnedParams {
  /** float32 [places, C] */
  readonly table: tf.Tensor;
}

/**
 * @param places how many the longest text has
 * @param deviation of the first numbers; GPT and BERT: 0.02 (GPT-2's own code: 0.01)
 */
export function initLearned(rng: Rng, places: number, width: number, deviation = 0.02): LearnedParams {
  return { table: normalTensor(rng, [places, width], deviation) };
}

/**
 * The rows of positions, to be added to the embedding of tokens.
 *
 * @param positions int32 [...], each from 0 to places - 1
 * @returns float32 [..., C]
 * @throws RangeError that names the first position beyond the table. In a compiled function and, for positions that
 * already lie on the card, on WebGPU, they cannot be read at once: a bad one then gives a row of NaN.
 */
export function learned({ table }: LearnedParams, positions: tf.Tensor): tf.Tensor {
  expectPlaces("learned", positions, table);
  return embed(positions, table);
}

/** Throws for a position that the table has no row for, where positions can be read at once. */
export function expectPlaces(name: string, positions: tf.Tensor, table: tf.Tensor): void {
  const places = table.shape[0] as number;
  const values = positions.dtype === "int32" ? valuesNow(positions) : undefined;
  const bad = values && Array.prototype.find.call(values, (at: number) => at < 0 || at >= places);
  if (bad !== undefined)
    throw new RangeError(
      `${name}: position ${String(bad)} is outside 0 to ${places - 1}: the table has ${places} rows, one for each ` +
        "place that the model was made for. Shorten the text, or make the table longer and train it.",
    );
}
