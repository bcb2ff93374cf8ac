// expect: It must give a tensor, and this is an array
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return x.arraySync() as unknown as tf.Tensor;
}
