/**
 * Sentences as vectors by contrast: two views of one sentence must be nearer than any other sentence of the batch.
 *
 * Gao, Yao, Chen (2021), "SimCSE: Simple Contrastive Learning of Sentence Embeddings".
 */
import { tf } from "../engine";
import { crossEntropy } from "../ops";

/** Each row scaled to length 1. float32 [N, D]. */
export function unitRows(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => x.div(tf.sqrt(tf.sum(tf.square(x), -1, true).add(1e-12)))); // [N, D] / [N, 1]
}

/**
 * Equation 1: the mean over i of -log( exp(cos(h_i, h'_i) / t) / sum_j exp(cos(h_i, h'_j) / t) ). The other view of the
 * same sentence is the right answer among the N of the batch; the N - 1 others are the wrong ones. In unsupervised SimCSE
 * both views are the same sentence, encoded twice with different dropout.
 *
 * @param first float32 [N, D]
 * @param second float32 [N, D]
 * @param temperature t, the paper's is 0.05: the smaller, the more the nearest wrong sentence counts
 * @returns float32 scalar, in nats; log N where nothing is learned
 * @throws RangeError where the shapes differ or the temperature is not above 0
 */
export function simcseLoss(first: tf.Tensor, second: tf.Tensor, temperature = 0.05): tf.Scalar {
  if (first.rank !== 2 || first.shape.join() !== second.shape.join())
    throw new RangeError(
      `simcseLoss: two tensors [N, D] are needed, got [${first.shape}] and [${second.shape}]`,
    );
  if (!(temperature > 0)) throw new RangeError(`simcseLoss: temperature must be above 0, got ${temperature}`);
  return tf.tidy(() => {
    const similarity = tf.matMul(
      unitRows(first) as tf.Tensor2D,
      unitRows(second) as tf.Tensor2D,
      false,
      true,
    ); // [N, N]
    const self = tf.range(0, first.shape[0], 1, "int32"); // [N]
    return crossEntropy(similarity.div(temperature), self);
  });
}

/**
 * How far two views of one sentence lie apart: the mean of |f(x) - f(x+)|^2 over unit vectors, 0 to 4. Less is better.
 * Wang, Isola (2020), "Understanding Contrastive Representation Learning through Alignment and Uniformity", equation 2.
 */
export function alignment(first: tf.Tensor, second: tf.Tensor): tf.Scalar {
  return tf.tidy(
    () => tf.mean(tf.sum(tf.squaredDifference(unitRows(first), unitRows(second)), -1)) as tf.Scalar,
  );
}

/**
 * How evenly vectors cover the sphere: the logarithm of the mean of exp(-2 |f(x) - f(y)|^2) over all pairs of different
 * rows. 0 where all are one point (collapse), about -4 where they spread in many directions. Less is better.
 * Wang, Isola (2020), equation 3 with t = 2.
 *
 * @throws RangeError where there is only one row
 */
export function uniformity(x: tf.Tensor): tf.Scalar {
  const n = x.shape[0];
  if (n < 2) throw new RangeError("uniformity: two rows or more are needed");
  return tf.tidy(() => {
    const unit = unitRows(x) as tf.Tensor2D;
    const cosines = tf.matMul(unit, unit, false, true); // [N, N]
    const kernel = tf.exp(cosines.sub(1).mul(4)); // |a - b|^2 = 2 - 2 cos, so -2 of it is 4 cos - 4
    const others = tf.sum(kernel.mul(tf.scalar(1).sub(tf.eye(n)))); // the diagonal is each row with itself
    return tf.log(others.div(n * (n - 1))) as tf.Scalar;
  });
}
