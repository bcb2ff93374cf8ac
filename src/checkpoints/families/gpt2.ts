import { z } from "zod";
import type { GptConfig } from "../../models";
import { gpt2Names } from "../names/gpt2";
import { epsilonField, type Family, layersField, only, rateField, readFields, sizeField } from "./types";

/** Activations by their names there. */
const activations = {
  gelu_new: "geluTanh",
  gelu_pytorch_tanh: "geluTanh",
  gelu: "gelu",
  relu: "relu",
} as const;

/** What `GPT2Config` has, with its values where a file says nothing. */
const fields = z.object({
  vocab_size: sizeField.default(50257),
  n_positions: sizeField.default(1024),
  n_embd: sizeField.default(768),
  n_layer: layersField.default(12),
  n_head: layersField.default(12),
  n_inner: sizeField.nullish(),
  activation_function: z.enum(Object.keys(activations) as (keyof typeof activations)[]).default("gelu_new"),
  resid_pdrop: rateField.default(0.1),
  layer_norm_epsilon: epsilonField.default(1e-5),
  tie_word_embeddings: only(true),
  scale_attn_weights: only(true),
  scale_attn_by_inverse_layer_idx: only(false),
  add_cross_attention: only(false),
});

/** GPT-2: `GPT2LMHeadModel`. Of its three rates of dropout ours is that of the residuals. */
export const gpt2Family: Family<GptConfig> = {
  modelType: "gpt2",
  architecture: "GPT2LMHeadModel",
  read(json, where) {
    const found = readFields(fields, json, where);
    if (found.n_embd % found.n_head !== 0)
      throw new Error(`${where}: n_embd ${found.n_embd} is no multiple of n_head ${found.n_head}.`);
    return {
      vocabSize: found.vocab_size,
      context: found.n_positions,
      dModel: found.n_embd,
      nLayer: found.n_layer,
      nHead: found.n_head,
      order: "pre",
      dFfn: found.n_inner ?? 4 * found.n_embd,
      activation: activations[found.activation_function],
      rate: found.resid_pdrop,
      epsilon: found.layer_norm_epsilon,
    };
  },
  write(config) {
    const { order, band, activation = "geluTanh", rate = 0 } = config;
    if (order !== "pre" || band !== undefined)
      throw new Error('GPT-2 of Hugging Face has its norms before each part (order "pre") and no band.');
    const name = Object.entries(activations).find(([, ours]) => ours === activation)?.[0];
    if (name === undefined) throw new Error(`GPT-2 of Hugging Face has no activation "${activation}".`);
    return {
      vocab_size: config.vocabSize,
      n_positions: config.context,
      n_embd: config.dModel,
      n_layer: config.nLayer,
      n_head: config.nHead,
      n_inner: config.dFfn ?? null,
      activation_function: name,
      resid_pdrop: rate,
      attn_pdrop: rate,
      embd_pdrop: rate,
      layer_norm_epsilon: config.epsilon ?? 1e-5,
      tie_word_embeddings: true,
      // transformers' own are 50256, which a small vocabulary has not.
      bos_token_id: null,
      eos_token_id: null,
    };
  },
  names: gpt2Names,
};
