// expect: left \d tensors behind
import { tf } from "transformer-lab/engine";

export function causalMask(time: number, places: number): tf.Tensor {
  const rows = tf.range(places - time, places, 1, "int32").expandDims(1);
  return tf.lessEqual(tf.range(0, places, 1, "int32"), rows);
}
