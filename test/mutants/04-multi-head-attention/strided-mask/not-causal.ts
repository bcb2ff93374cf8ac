// expect: look at what comes after
import { tf } from "transformer-lab/engine";

export function stridedMask(time: number, stride: number): tf.Tensor {
  return tf.tidy(() => {
    const places = tf.range(0, time, 1, "int32");
    const back = places.expandDims(1).sub(places);
    const step = tf.scalar(stride, "int32");
    const zero = tf.scalar(0, "int32");
    const near = tf.lessEqual(back, step);
    const multiple = tf.equal(tf.mod(back, step), zero);
    return tf.logicalOr(near, multiple);
  });
}
