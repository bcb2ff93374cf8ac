// expect: Without the absolute value
import { tf } from "transformer-lab/engine";

export function permutationGap(y: tf.Tensor, yShuffled: tf.Tensor, order: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    return tf.max(tf.sub(yShuffled, tf.gather(y, tf.tensor1d([...order], "int32"))));
  });
}
