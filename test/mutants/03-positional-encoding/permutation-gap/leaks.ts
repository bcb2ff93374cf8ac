// expect: left \d+ tensors behind
import { tf } from "transformer-lab/engine";

export function permutationGap(y: tf.Tensor, yShuffled: tf.Tensor, order: readonly number[]): tf.Tensor {
  return tf.max(tf.abs(tf.sub(yShuffled, tf.gather(y, tf.tensor1d([...order], "int32")))));
}
