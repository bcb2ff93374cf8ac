// expect: Row i was compared with row i
import { tf } from "transformer-lab/engine";

export function permutationGap(y: tf.Tensor, yShuffled: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.max(tf.abs(tf.sub(yShuffled, y))));
}
