// expect: Head h got the numbers h, h \+ H
import { tf } from "transformer-lab/engine";

export function splitHeads(x: tf.Tensor, nHead: number): tf.Tensor {
  const [batch, time, width] = x.shape;
  return tf.tidy(() => x.reshape([batch, time, width / nHead, nHead]).transpose([0, 3, 1, 2]));
}
