// expect: The whole list of heads comes again
import { tf } from "transformer-lab/engine";

export function repeatKv(x: tf.Tensor, n: number): tf.Tensor {
  return tf.tile(x, [1, n, 1, 1]);
}
