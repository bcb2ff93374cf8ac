import { makeRng, tf } from "../../src/engine";
import { gpt, type GptConfig as ModelConfig, type GptParams, initGpt as initModel } from "../../src/models";
import type { DenseParams, NormParams } from "../../src/nn";
import { crossEntropy } from "../../src/ops";
import { disposeTree } from "../../src/tree";
import { adamW, type AdamWState, valueAndGradients } from "../../src/train";
import { adam, type GptConfig } from "./config";

/** The GPT that every contender trains: the lab's GPT-2, without dropout, which is nanoGPT's with biases. */
export const modelConfig = ({ layers, heads, width, context, vocabulary }: GptConfig): ModelConfig => ({
  vocabSize: vocabulary,
  context,
  dModel: width,
  nLayer: layers,
  nHead: heads,
  order: "pre",
});

export const initGpt = (config: GptConfig, seed = 1): GptParams =>
  initModel(modelConfig(config), makeRng(seed));

/** The same weights as the others keep them: queries, keys and values in one product. */
export interface FusedParams {
  readonly tokens: tf.Tensor;
  readonly places: tf.Tensor;
  readonly blocks: readonly FusedBlock[];
  readonly norm: Required<NormParams>;
}
export interface FusedBlock {
  readonly norm1: Required<NormParams>;
  readonly qkv: Required<DenseParams>;
  readonly out: Required<DenseParams>;
  readonly norm2: Required<NormParams>;
  readonly up: Required<DenseParams>;
  readonly down: Required<DenseParams>;
}

/** New tensors, which the caller disposes. */
export function fused({ tokens, positions, blocks, norm }: GptParams): FusedParams {
  const copy = ({ gain, bias }: NormParams) => ({ gain: gain.clone(), bias: (bias as tf.Tensor).clone() });
  const dense = (...parts: DenseParams[]) => ({
    weight: tf.concat(parts.map(({ weight }) => weight), 1), // [C, 3 C] of three
    bias: tf.concat(parts.map(({ bias }) => bias as tf.Tensor)),
  }); // prettier-ignore
  return {
    tokens: tokens.clone(),
    places: positions.clone(),
    blocks: blocks.map(({ norm1, attn, norm2, ffn }) => ({
      norm1: copy(norm1),
      qkv: dense(attn.q, attn.k, attn.v),
      out: dense(attn.out),
      norm2: copy(norm2),
      up: dense(ffn.up),
      down: dense(ffn.down),
    })),
    norm: copy(norm as NormParams),
  };
}

export interface StepResult {
  readonly params: GptParams;
  readonly state: AdamWState;
  readonly loss: tf.Scalar;
}

/** One step of training: loss, gradients, AdamW. Takes new tensors' place in nothing: it returns what it makes. */
export function gptStep(config: GptConfig) {
  const sizes = modelConfig(config);
  return function step(params: GptParams, state: AdamWState, x: tf.Tensor, y: tf.Tensor): StepResult {
    const loss = (p: GptParams): tf.Scalar => crossEntropy(gpt(p, sizes, x), y);
    const { value, gradients } = valueAndGradients(loss, params);
    const next = adamW(params, gradients, state, adam);
    disposeTree(gradients);
    return { ...next, loss: value };
  };
}
