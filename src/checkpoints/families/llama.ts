import { z } from "zod";
import type { LlamaConfig } from "../../models";
import { falconNames, llamaNames } from "../names/llama";
import { epsilonField, type Family, layersField, only, readFields, sizeField } from "./types";

const theta = z.number().min(1).max(1e12);

/** transformers 4 has rope_theta and rope_scaling, transformers 5 has both in rope_parameters. */
const ropeFields = {
  rope_theta: theta.nullish(),
  rope_scaling: z.null({ error: "scaled positions are not supported" }).optional(),
  rope_parameters: z
    .object({ rope_theta: theta.default(10000), rope_type: only("default"), partial_rotary_factor: only(1) })
    .nullish(),
};

interface RopeFields {
  readonly rope_theta?: number | null | undefined;
  readonly rope_parameters?: { readonly rope_theta: number } | null | undefined;
}

const thetaOf = ({ rope_theta, rope_parameters }: RopeFields): number =>
  rope_parameters?.rope_theta ?? rope_theta ?? 10000;

/** What `LlamaConfig` has, with its values where a file says nothing. */
const llamaFields = z.object({
  vocab_size: sizeField.default(32000),
  hidden_size: sizeField.default(4096),
  intermediate_size: sizeField.default(11008),
  num_hidden_layers: layersField.default(32),
  num_attention_heads: layersField.default(32),
  num_key_value_heads: layersField.nullish(),
  head_dim: sizeField.nullish(),
  hidden_act: only("silu"),
  max_position_embeddings: sizeField.default(2048),
  rms_norm_eps: epsilonField.default(1e-6),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: only(false),
  mlp_bias: only(false),
  ...ropeFields,
});

/** LLaMA 1 and 2, SmolLM2: `LlamaForCausalLM`. */
export const llamaFamily: Family<LlamaConfig> = {
  modelType: "llama",
  architecture: "LlamaForCausalLM",
  read(json, where) {
    const found = readFields(llamaFields, json, where);
    const { num_attention_heads: nHead, hidden_size: dModel } = found;
    return checkHeads(
      {
        vocabSize: found.vocab_size,
        context: found.max_position_embeddings,
        dModel,
        nLayer: found.num_hidden_layers,
        nHead,
        nKvHead: found.num_key_value_heads ?? nHead,
        headDim: found.head_dim ?? dModel / nHead,
        dFfn: found.intermediate_size,
        ropeTheta: thetaOf(found),
        epsilon: found.rms_norm_eps,
        tied: found.tie_word_embeddings,
      },
      where,
    );
  },
  write(config) {
    const { normKind = "rms", activation = "swiglu", parallel = false } = config;
    if (normKind !== "rms" || activation !== "swiglu" || parallel)
      throw new Error("LLaMA of Hugging Face has RMSNorm, SwiGLU and parts one after the other.");
    const ropeTheta = config.ropeTheta ?? 10000;
    return {
      vocab_size: config.vocabSize,
      hidden_size: config.dModel,
      intermediate_size: config.dFfn,
      num_hidden_layers: config.nLayer,
      num_attention_heads: config.nHead,
      num_key_value_heads: config.nKvHead ?? config.nHead,
      head_dim: config.headDim ?? config.dModel / config.nHead,
      hidden_act: "silu",
      max_position_embeddings: config.context,
      rms_norm_eps: config.epsilon ?? 1e-5,
      rope_theta: ropeTheta,
      rope_parameters: { rope_theta: ropeTheta, rope_type: "default" },
      tie_word_embeddings: config.tied,
      attention_bias: false,
      mlp_bias: false,
      bos_token_id: null,
      eos_token_id: null,
    };
  },
  names: llamaNames,
};

/** What `FalconConfig` has, with its values where a file says nothing. */
const falconFields = z.object({
  vocab_size: sizeField.default(65024),
  hidden_size: sizeField.default(4544),
  num_hidden_layers: layersField.default(32),
  num_attention_heads: layersField.default(71),
  ffn_hidden_size: sizeField.nullish(),
  activation: only("gelu"),
  max_position_embeddings: sizeField.default(2048),
  layer_norm_epsilon: epsilonField.default(1e-5),
  tie_word_embeddings: z.boolean().default(true),
  multi_query: only(true),
  parallel_attn: only(true),
  new_decoder_architecture: only(false),
  alibi: only(false),
  bias: only(false),
  ...ropeFields,
});

/** Falcon-7B and its kind: `FalconForCausalLM` with one head of keys and values. */
export const falconFamily: Family<LlamaConfig> = {
  modelType: "falcon",
  architecture: "FalconForCausalLM",
  read(json, where) {
    const found = readFields(falconFields, json, where);
    const { num_attention_heads: nHead, hidden_size: dModel } = found;
    return checkHeads(
      {
        vocabSize: found.vocab_size,
        context: found.max_position_embeddings,
        dModel,
        nLayer: found.num_hidden_layers,
        nHead,
        nKvHead: 1,
        headDim: dModel / nHead,
        dFfn: found.ffn_hidden_size ?? 4 * dModel,
        ropeTheta: thetaOf(found),
        epsilon: found.layer_norm_epsilon,
        tied: found.tie_word_embeddings,
        normKind: "layer",
        activation: "gelu",
        parallel: true,
      },
      where,
    );
  },
  write(config) {
    const { normKind, activation, parallel, nKvHead } = config;
    if (normKind !== "layer" || activation !== "gelu" || !parallel || nKvHead !== 1)
      throw new Error("Falcon of Hugging Face has LayerNorm, GELU, parts side by side, one head of keys.");
    const ropeTheta = config.ropeTheta ?? 10000;
    return {
      vocab_size: config.vocabSize,
      hidden_size: config.dModel,
      ffn_hidden_size: config.dFfn,
      num_hidden_layers: config.nLayer,
      num_attention_heads: config.nHead,
      activation: "gelu",
      max_position_embeddings: config.context,
      layer_norm_epsilon: config.epsilon ?? 1e-5,
      rope_theta: ropeTheta,
      rope_parameters: { rope_theta: ropeTheta, rope_type: "default" },
      tie_word_embeddings: config.tied,
      multi_query: true,
      parallel_attn: true,
      new_decoder_architecture: false,
      alibi: false,
      bias: false,
      bos_token_id: null,
      eos_token_id: null,
    };
  },
  names: falconNames,
};

function checkHeads(config: LlamaConfig, where: string): LlamaConfig {
  const { dModel, nHead, nKvHead = nHead, headDim = dModel / nHead } = config;
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw new Error(`${where}: heads of ${headDim} numbers; RoPE turns pairs, so an even number is needed.`);
  if (nHead % nKvHead !== 0)
    throw new Error(`${where}: ${nHead} heads of queries are no multiple of ${nKvHead} heads of keys.`);
  return config;
}
