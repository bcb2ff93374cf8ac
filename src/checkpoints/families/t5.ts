import { z } from "zod";
import type { T5Config } from "../../models";
import { t5Names } from "../names/t5";
import { epsilonField, type Family, layersField, rateField, readFields, sizeField } from "./types";

/** Feed-forward parts by their names there. */
const activations = { relu: "relu", "gated-gelu": "gegluTanh" } as const;

/** What `T5Config` has, with its values where a file says nothing. */
const fields = z.object({
  vocab_size: sizeField.default(32128),
  d_model: sizeField.default(512),
  d_kv: sizeField.default(64),
  d_ff: sizeField.default(2048),
  num_layers: layersField.default(6),
  num_decoder_layers: layersField.nullish(),
  num_heads: layersField.default(8),
  relative_attention_num_buckets: sizeField.default(32),
  relative_attention_max_distance: sizeField.default(128),
  dropout_rate: rateField.default(0.1),
  layer_norm_epsilon: epsilonField.default(1e-6),
  feed_forward_proj: z.enum(["relu", "gated-gelu"]).default("relu"),
  tie_word_embeddings: z.boolean().default(true),
  scale_decoder_outputs: z.boolean().optional(),
});

/** T5 and T5 1.1: `T5ForConditionalGeneration`. */
export const t5Family: Family<T5Config> = {
  modelType: "t5",
  architecture: "T5ForConditionalGeneration",
  read(json, where) {
    const found = readFields(fields, json, where);
    if (found.relative_attention_num_buckets % 4 !== 0)
      throw new Error(`${where}: relative_attention_num_buckets must be a multiple of 4.`);
    return {
      vocabSize: found.vocab_size,
      dModel: found.d_model,
      nLayer: found.num_layers,
      nDecoderLayer: found.num_decoder_layers ?? found.num_layers,
      nHead: found.num_heads,
      headDim: found.d_kv,
      dFfn: found.d_ff,
      activation: activations[found.feed_forward_proj],
      // transformers 5 says of T5 1.1 that its tables are tied, and tells by the other field that its head is not.
      tied: found.scale_decoder_outputs ?? found.tie_word_embeddings,
      buckets: found.relative_attention_num_buckets,
      maxDistance: found.relative_attention_max_distance,
      rate: found.dropout_rate,
      epsilon: found.layer_norm_epsilon,
    };
  },
  write(config) {
    const gated = config.activation === "gegluTanh";
    return {
      vocab_size: config.vocabSize,
      d_model: config.dModel,
      d_kv: config.headDim,
      d_ff: config.dFfn,
      num_layers: config.nLayer,
      num_decoder_layers: config.nDecoderLayer ?? config.nLayer,
      num_heads: config.nHead,
      relative_attention_num_buckets: config.buckets ?? 32,
      relative_attention_max_distance: config.maxDistance ?? 128,
      dropout_rate: config.rate ?? 0,
      layer_norm_epsilon: config.epsilon ?? 1e-6,
      feed_forward_proj: gated ? "gated-gelu" : "relu",
      tie_word_embeddings: config.tied,
      is_encoder_decoder: true,
      decoder_start_token_id: 0,
      pad_token_id: 0,
      eos_token_id: 1,
    };
  },
  names: t5Names,
};
