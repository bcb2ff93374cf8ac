// expect: The rows are counted from place 0
import { tf } from "transformer-lab/engine";

export function causalMask(time: number, places: number): tf.Tensor {
  return tf.tidy(() => {
    const rows = tf.range(0, time, 1, "int32").expandDims(1);
    return tf.lessEqual(tf.range(0, places, 1, "int32"), rows);
  });
}
