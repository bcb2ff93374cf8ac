import { flattenTensors, tf } from "../engine";
import { valueAndGradients } from "./gradients";

export interface AccumulateOptions<B> {
  /** Parts of equal size, one computed after the other. 1: the batch as it is. */
  readonly parts: number;
  /**
   * How much the loss of a part counts: a float32 scalar, for a mean over labels how many of them count. Without it
   * all parts count the same, which is right where each row has as many labels as another.
   */
  readonly weight?: (part: B) => tf.Tensor;
}

/**
 * Loss and gradients of a large batch from parts of it. The mean over the parts is the mean over the batch, so
 * training goes the same way, and only one part's activations are needed at a time.
 *
 *     L = sum_i w_i L_i / sum_i w_i        and so its gradients
 *
 * @param loss mean loss of a part; `index` tells parts apart, for dropout
 * @param params nested arrays and records of float32 tensors
 * @param batch tensors whose first axis is a multiple of `parts`
 * @returns new tensors, which the caller disposes
 * @throws RangeError naming the field that cannot be split
 */
export function accumulatedGradients<P, B extends { readonly [K in keyof B]: tf.Tensor }>(
  loss: (params: P, part: B, index: number) => tf.Scalar,
  params: P,
  batch: B,
  { parts, weight }: AccumulateOptions<B>,
): { value: tf.Scalar; gradients: P } {
  if (!Number.isInteger(parts) || parts < 1)
    throw new RangeError(`accumulatedGradients: parts must be a whole number from 1, got ${parts}`);
  if (parts === 1) return valueAndGradients((p) => loss(p, batch, 0), params);
  const tree = flattenTensors(params);
  const run = () => {
    let weights = tf.scalar(0) as tf.Tensor;
    let total = tf.scalar(0) as tf.Tensor;
    let sums: tf.Tensor[] = [];
    for (let i = 0; i < parts; i++) {
      const part = rowsOfPart(batch, i, parts);
      const each = valueAndGradients((p) => loss(p, part, i), params);
      const by = weight ? weight(part) : tf.scalar(1);
      weights = weights.add(by);
      total = total.add(each.value.mul(by));
      const grads = flattenTensors(each.gradients).leaves.map((grad) => grad.mul(by));
      sums = i === 0 ? grads : sums.map((sum, k) => sum.add(grads[k] as tf.Tensor));
    }
    // A batch where nothing counts has a loss of 0 and no gradient, as in `crossEntropy`.
    const safe = tf.where(tf.equal(weights, 0), tf.onesLike(weights), weights);
    return {
      value: total.div(safe) as tf.Scalar,
      gradients: tree.rebuild(sums.map((sum) => sum.div(safe))) as P,
    };
  };
  // tfjs' type of what a tidy returns has no place for P.
  return tf.tidy(run as () => never);
}

/** The rows of one part, of each field. */
function rowsOfPart<B extends { readonly [K in keyof B]: tf.Tensor }>(
  batch: B,
  index: number,
  parts: number,
): B {
  const entries = Object.entries<tf.Tensor>(batch).map(([field, tensor]) => {
    const rows = tensor.shape[0];
    if (rows === undefined || rows % parts !== 0)
      throw new RangeError(
        `accumulatedGradients: "${field}" [${tensor.shape.join(", ")}] has no rows that go into ${parts} equal parts`,
      );
    const size = rows / parts;
    return [field, tensor.slice([index * size], [size])]; // [B / parts, ...]
  });
  return Object.fromEntries(entries) as B;
}
