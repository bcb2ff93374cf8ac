import { fork, makeRng, normalTensor, tf } from "../../src/engine";
import { attention, crossEntropy, embed, geluTanh, layerNorm, linear } from "../../src/ops";
import { adamW, type AdamWState, valueAndGradients } from "../../src/train";
import { adam, type GptConfig } from "./config";

/** The GPT that every contender trains: GPT-2 as nanoGPT has it, without dropout, with biases, the head tied. */
type Norm = { gain: tf.Tensor; bias: tf.Tensor };
type Dense = { weight: tf.Tensor; bias: tf.Tensor };
type Block = { norm1: Norm; qkv: Dense; out: Dense; norm2: Norm; up: Dense; down: Dense };
export type GptParams = { tokens: tf.Tensor; places: tf.Tensor; blocks: Block[]; norm: Norm };

/** GPT-2's initialisation: deviation 0.02, and 0.02 / sqrt(2 L) where a block adds to the residual stream. */
export function initGpt({ layers, width, context, vocabulary }: GptConfig, seed = 1): GptParams {
  const rng = makeRng(seed);
  const norm = (): Norm => ({ gain: tf.ones([width]), bias: tf.zeros([width]) });
  const dense = (name: string, inputs: number, outputs: number, deviation = 0.02): Dense => ({
    weight: normalTensor(fork(rng, name), [inputs, outputs], deviation),
    bias: tf.zeros([outputs]),
  });
  const last = 0.02 / Math.sqrt(2 * layers);
  return {
    tokens: normalTensor(fork(rng, "tokens"), [vocabulary, width], 0.02),
    places: normalTensor(fork(rng, "places"), [context, width], 0.02),
    blocks: Array.from({ length: layers }, (_, i) => ({
      norm1: norm(),
      qkv: dense(`${i}.qkv`, width, 3 * width),
      out: dense(`${i}.out`, width, width, last),
      norm2: norm(),
      up: dense(`${i}.up`, width, 4 * width),
      down: dense(`${i}.down`, 4 * width, width, last),
    })),
    norm: norm(),
  };
}

/** Logits [B, T, V] of ids int32 [B, T]. */
export function gpt(params: GptParams, ids: tf.Tensor, heads: number): tf.Tensor {
  const { tokens, places, blocks, norm } = params;
  const [batch, time] = ids.shape as [number, number];
  const width = tokens.shape[1] as number;
  let x = embed(ids, tokens).add(places.slice([0, 0], [time, width])); // [B, T, C]
  for (const { norm1, qkv, out, norm2, up, down } of blocks) {
    const normed = layerNorm(x, norm1.gain, norm1.bias);
    const [q, k, v] = tf.split(linear(normed, qkv.weight, qkv.bias), 3, -1).map((part) =>
      part.reshape([batch, time, heads, width / heads]).transpose([0, 2, 1, 3]), // [B, H, T, D]
    ) as [tf.Tensor, tf.Tensor, tf.Tensor]; // prettier-ignore
    const mixed = attention(q, k, v, { causal: true }); // [B, H, T, D]
    const joined = mixed.transpose([0, 2, 1, 3]).reshape([batch, time, width]); // [B, T, C]
    x = x.add(linear(joined, out.weight, out.bias));
    const hidden = geluTanh(linear(layerNorm(x, norm2.gain, norm2.bias), up.weight, up.bias)); // [B, T, 4 C]
    x = x.add(linear(hidden, down.weight, down.bias));
  }
  return linear(layerNorm(x, norm.gain, norm.bias), tokens.transpose()); // [B, T, V]
}

export interface StepResult {
  readonly params: GptParams;
  readonly state: AdamWState;
  readonly loss: tf.Scalar;
}

/** One step of training: loss, gradients, AdamW. Takes new tensors' place in nothing: it returns what it makes. */
export function gptStep(heads: number) {
  return function step(params: GptParams, state: AdamWState, x: tf.Tensor, y: tf.Tensor): StepResult {
    const { value: loss, gradients } = valueAndGradients((p) => crossEntropy(gpt(p, x, heads), y), params);
    const next = adamW(params, gradients, state, adam);
    tf.dispose(gradients);
    return { ...next, loss };
  };
}
