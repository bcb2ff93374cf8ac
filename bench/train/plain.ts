import { flattenTensors, tf } from "../../src/engine";
import { adam, type Batch, type GptConfig } from "./config";
import { fused, type FusedParams } from "./gpt";
import type { GptParams } from "../../src/models";

/**
 * The same GPT as a user of tfjs would write it: public ops only, no op of the lab, `tf.train.adam`, one-hot labels.
 * @returns a function that trains one step and gives the loss, and one that frees the variables
 */
export function plainTfjs(config: GptConfig, start: GptParams) {
  const { heads, width, vocabulary, context, batch } = config;
  const weights = fused(start);
  const tree = flattenTensors(weights);
  const variables = tree.leaves.map((leaf) => tf.variable(leaf));
  const params = tree.rebuild(variables) as FusedParams;
  tf.dispose(tree.leaves);
  const optimizer = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, adam.epsilon);
  const rate = Math.sqrt(1 / (width / heads));
  const mask = tf.linalg.bandPart(tf.ones([context, context]), -1, 0); // [T, T]
  const penalty = mask.sub(1).mul(1e9);

  const norm = (x: tf.Tensor, { gain, bias }: FusedParams["norm"]) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(gain).add(bias);
  };
  const dense = (x: tf.Tensor, { weight, bias }: { weight: tf.Tensor; bias: tf.Tensor }) =>
    tf.matMul(x, weight).add(bias);
  const gelu = (x: tf.Tensor) =>
    x.mul(0.5).mul(x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI)).tanh().add(1)); // prettier-ignore
  const split = (x: tf.Tensor) => x.reshape([batch, context, heads, width / heads]).transpose([0, 2, 1, 3]); // [B, H, T, D]

  const loss = (ids: tf.Tensor, labels: tf.Tensor): tf.Scalar => {
    let x = tf.gather(params.tokens, ids.flatten()).reshape([batch, context, width]).add(params.places); // [B, T, C]
    x = x.reshape([batch * context, width]); // [N, C]: the gradient of a product with [B, T, C] throws
    for (const block of params.blocks) {
      const parts = tf.split(dense(norm(x, block.norm1), block.qkv), 3, -1).map(split);
      const [q, k, v] = parts as [tf.Tensor, tf.Tensor, tf.Tensor]; // [B, H, T, D]
      const scores = tf.matMul(q, k, false, true).mul(rate).add(penalty); // [B, H, T, T]
      const mixed = tf.matMul(tf.softmax(scores), v); // [B, H, T, D]
      const joined = mixed.transpose([0, 2, 1, 3]).reshape([batch * context, width]); // [N, C]
      x = x.add(dense(joined, block.out));
      x = x.add(dense(gelu(dense(norm(x, block.norm2), block.up)), block.down));
    }
    const logits = tf.matMul(norm(x, params.norm), params.tokens, false, true); // [N, V]
    return tf.losses.softmaxCrossEntropy(tf.oneHot(labels.flatten(), vocabulary), logits);
  };

  return {
    step: ({ x, y }: Batch): tf.Scalar =>
      tf.tidy(() => {
        const ids = tf.tensor2d([...x], [batch, context], "int32");
        const labels = tf.tensor2d([...y], [batch, context], "int32");
        return optimizer.minimize(() => loss(ids, labels), true, variables) as tf.Scalar;
      }),
    dispose: () => {
      optimizer.dispose();
      tf.dispose([variables, mask, penalty]);
    },
  };
}
