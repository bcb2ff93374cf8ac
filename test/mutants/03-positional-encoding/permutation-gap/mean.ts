// expect: This is the mean
import { tf } from "transformer-lab/engine";

export function permutationGap(y: tf.Tensor, yShuffled: tf.Tensor, order: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    return tf.mean(tf.abs(tf.sub(yShuffled, tf.gather(y, tf.tensor1d([...order], "int32")))));
  });
}
