// expect: A reshape alone does not move numbers
import { tf } from "transformer-lab/engine";

export function splitHeads(x: tf.Tensor, nHead: number): tf.Tensor {
  const [batch, time, width] = x.shape;
  return x.reshape([batch, nHead, time, width / nHead]);
}
