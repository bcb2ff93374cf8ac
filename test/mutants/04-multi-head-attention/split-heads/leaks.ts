// expect: left 1 tensor behind
import { tf } from "transformer-lab/engine";

export function splitHeads(x: tf.Tensor, nHead: number): tf.Tensor {
  const [batch, time, width] = x.shape;
  return x.reshape([batch, time, nHead, width / nHead]).transpose([0, 2, 1, 3]);
}
