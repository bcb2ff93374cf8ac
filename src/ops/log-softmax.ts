import { tf } from "../engine";
import { expectRank, expectType } from "./check";
import { withGradient } from "./gradient";

/**
 * log of softmax over the last axis, in nats: x_i - m - log sum_j exp(x_j - m), with m the largest of the row.
 * Taking log(softmax(x)) instead would give -infinity wherever a probability is below 1e-38.
 *
 * @param x float32 [..., V]
 * @returns float32 [..., V], each row's exponentials summing to 1
 */
export function logSoftmax(x: tf.Tensor): tf.Tensor {
  expectType("logSoftmax", "x", x, "float32");
  expectRank("logSoftmax", "x", x, 1);
  return withGradient([x], () => {
    const value = x.sub(logSumExp(x));
    return {
      value,
      save: [value],
      // dL/dx_i = dy_i - p_i sum_j dy_j
      backward: (dy, [y]) => [dy.sub(tf.exp(y as tf.Tensor).mul(tf.sum(dy, -1, true)))],
    };
  });
}

/** log sum_j exp(x_j) over the last axis, which is kept with size 1. Inside tf.tidy. */
export function logSumExp(x: tf.Tensor): tf.Tensor {
  const top = tf.max(x, -1, true); // [..., 1]
  return tf.log(tf.sum(tf.exp(x.sub(top)), -1, true)).add(top); // [..., 1]
}
