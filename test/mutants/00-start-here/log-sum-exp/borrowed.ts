// expect: Write it yourself: logSumExp calls tf\.logSumExp
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.logSumExp(x, axis, keepDims);
}
