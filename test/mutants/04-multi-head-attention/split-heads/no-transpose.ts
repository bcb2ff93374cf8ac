// expect: they stand behind the tokens
import { tf } from "transformer-lab/engine";

export function splitHeads(x: tf.Tensor, nHead: number): tf.Tensor {
  const [batch, time, width] = x.shape;
  return x.reshape([batch, time, nHead, width / nHead]);
}
