// expect: This is turned round
import { tf } from "transformer-lab/engine";

export function causalMask(time: number, places: number): tf.Tensor {
  return tf.tidy(() => {
    const rows = tf.range(places - time, places, 1, "int32").expandDims(1);
    return tf.greaterEqual(tf.range(0, places, 1, "int32"), rows);
  });
}
