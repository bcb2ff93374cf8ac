import { type EngineName, flattenTensors, tf, useEngine } from "../../src/engine";
import { adamW, initAdamW } from "../../src/train";
import { disposeTree } from "../../src/tree";
import type { Case } from "../harness";
import { adam, type GptConfig } from "./config";
import { initGpt } from "./gpt";

/** AdamW op by op: ours, where small parameters share a buffer, against each parameter alone and all in one buffer. */
export async function optimizerCase(engine: EngineName, config: GptConfig): Promise<Case> {
  await useEngine({ engine });
  const params = initGpt(config);
  const leaves = flattenTensors(params).leaves;
  const grads = leaves.map((leaf) => tf.randomNormal(leaf.shape, 0, 0.01, "float32", 1));
  const nestedGrads = flattenTensors(params).rebuild(grads) as typeof params;
  const state = initAdamW(params);
  const alone = leaves.map((leaf) => [tf.zerosLike(leaf), tf.zerosLike(leaf)] as const);
  const size = leaves.reduce((sum, leaf) => sum + leaf.size, 0);
  const buffers = [tf.zeros([size]), tf.zeros([size])] as const;

  /** The update of one buffer, as in src/train/adamw.ts, at the first step. */
  const update = (theta: tf.Tensor, g: tf.Tensor, [m, v]: readonly [tf.Tensor, tf.Tensor]) => {
    const nextM = m.mul(adam.beta1).add(g.mul(1 - adam.beta1));
    const nextV = v.mul(adam.beta2).add(g.square().mul(1 - adam.beta2));
    const root = Math.sqrt(1 - adam.beta2);
    const rate = (adam.learningRate * root) / (1 - adam.beta1);
    return [theta.sub(nextM.mul(rate).div(nextV.sqrt().add(adam.epsilon * root))), nextM, nextV];
  };
  const row = (tensors: readonly tf.Tensor[]) => tf.concat(tensors.map((tensor) => tensor.flatten())); // [N]
  const oneBuffer = () => {
    const [theta, m, v] = update(row(leaves), row(grads), buffers) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const parts = tf.split(theta, leaves.map((leaf) => leaf.size)); // prettier-ignore
    return [...parts.map((part, i) => part.reshape((leaves[i] as tf.Tensor).shape)), m, v];
  };
  const eachAlone = () => leaves.flatMap((leaf, i) => update(leaf, grads[i] as tf.Tensor, alone[i] as never));
  const first = async (made: unknown): Promise<void> => {
    // Reading one value waits for a card; on a CPU all is done already.
    await (flattenTensors(made).leaves[0] as tf.Tensor).data();
    disposeTree(made);
  };
  return {
    unit: "ms",
    contenders: [
      { name: "transformer-lab", run: () => first(adamW(params, nestedGrads, state, adam)) },
      { name: "each parameter alone", run: () => first(tf.tidy(eachAlone)) },
      { name: "all in one buffer", run: () => first(tf.tidy(oneBuffer)) },
    ],
    close: () => disposeTree([params, grads, state, alone, buffers]),
  };
}
