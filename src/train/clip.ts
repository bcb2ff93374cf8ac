import { flattenTensors, tf } from "../engine";
import type { TensorsLike } from "../engine";

/**
 * The length of all numbers of a tree taken as one vector: sqrt(sum of their squares).
 * @returns float32 []
 */
export function globalNorm(tree: unknown): tf.Scalar {
  const { leaves } = flattenTensors(tree);
  return tf.tidy(() => {
    // One after the other: tf.addN takes no more than 7 tensors on WebGPU.
    const sum = (total: tf.Tensor, leaf: tf.Tensor): tf.Tensor => total.add(tf.sum(tf.square(leaf)));
    return tf.sqrt(leaves.reduce(sum, tf.scalar(0))) as tf.Scalar;
  });
}

/**
 * Shortens gradients whose common length is above `most`, and leaves their direction as it is: one bad batch then
 * moves the parameters no further than many good ones. Without `most` nothing is shortened, and the length is told.
 *
 *     g = g min(1, most / (|g| + 1e-6))
 *
 * Source: Pascanu et al. 2013, section 3.2; the 1e-6 is PyTorch's `clip_grad_norm_`.
 *
 * @param gradients nested arrays and records of float32 tensors
 * @returns new gradients, nested in the same way, and the length before: NaN or infinite where a gradient is
 * @throws RangeError unless `most` is above 0
 */
export function clipByGlobalNorm<P>(
  gradients: P,
  most?: number,
): { gradients: TensorsLike<P>; norm: tf.Scalar } {
  if (most !== undefined && !(most > 0))
    throw new RangeError(`clipByGlobalNorm: the length must be above 0, got ${most}`);
  const tree = flattenTensors(gradients);
  const norm = globalNorm(gradients);
  const clipped = tf.tidy(() => {
    const scale = most === undefined ? undefined : tf.minimum(tf.scalar(most).div(norm.add(1e-6)), 1);
    return tree.leaves.map((leaf) => (scale ? leaf.mul(scale) : leaf.clone()));
  });
  return { gradients: tree.rebuild(clipped) as TensorsLike<P>, norm };
}
