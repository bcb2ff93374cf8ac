// expect: exchanged|Everything is Pre-LN
import { tf } from "transformer-lab/engine";

function normalise(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  });
}

function feedForward(x: tf.Tensor, w1: tf.Tensor, w2: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.matMul(tf.relu(tf.matMul(x, w1)), w2));
}

export function residualPart(
  x: tf.Tensor,
  w1: tf.Tensor,
  w2: tf.Tensor,
  order: "post" | "pre" | "deep",
  alpha: number,
): tf.Tensor {
  return tf.tidy(() => {
    if (order !== "pre") return tf.add(x, feedForward(normalise(x), w1, w2));
    return normalise(tf.add(x, feedForward(x, w1, w2)));
  });
}
