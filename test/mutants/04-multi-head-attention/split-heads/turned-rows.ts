// expect: The last two axes are exchanged
import { tf } from "transformer-lab/engine";

export function splitHeads(x: tf.Tensor, nHead: number): tf.Tensor {
  const [batch, time, width] = x.shape;
  return tf.tidy(() => x.reshape([batch, time, nHead, width / nHead]).transpose([0, 2, 3, 1]));
}
