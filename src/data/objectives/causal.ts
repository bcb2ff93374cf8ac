import { IGNORE } from "../batches";

/** What a causal model reads and says: rows of one length. */
export interface CausalExample {
  readonly inputs: Int32Array;
  /** The next id at each place. */
  readonly labels: Int32Array;
}

/**
 * Causal language modelling: from the ids up to here, the next one. L = -sum_t log p(u_t | u_1 .. u_(t-1))
 * (Radford 2018, equation 1). The labels are the inputs, one place further on.
 *
 * @param ids n of them
 * @returns rows of n - 1
 */
export function causalLm(ids: ArrayLike<number>): CausalExample {
  if (ids.length < 2) throw new RangeError(`causalLm: ${ids.length} ids have nothing to predict`);
  const all = Int32Array.from(ids);
  return { inputs: all.slice(0, -1), labels: all.slice(1) };
}

/**
 * What a decoder reads while it is taught to say `labels`: a start token, then the labels without the last (teacher
 * forcing). T5 starts with the padding token, BART with the end token.
 * @param pad stands where a label is IGNORE
 */
export function shiftRight(labels: ArrayLike<number>, start: number, pad: number): Int32Array {
  const shifted = new Int32Array(labels.length);
  for (let t = 0; t < labels.length; t++) {
    const before = t === 0 ? start : labels[t - 1]!;
    shifted[t] = before === IGNORE ? pad : before;
  }
  return shifted;
}
