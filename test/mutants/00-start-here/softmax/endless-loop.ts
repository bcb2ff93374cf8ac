// expect: did not end within 2 s
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  for (let i = 0; ; i++) if (i < 0) return x;
}
