// expect: the wrong way round
import { tf } from "transformer-lab/engine";

export function permutationGap(y: tf.Tensor, yShuffled: tf.Tensor, order: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    return tf.max(tf.abs(tf.sub(tf.gather(yShuffled, tf.tensor1d([...order], "int32")), y)));
  });
}
