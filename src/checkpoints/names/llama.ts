import type { LlamaConfig } from "../../models";
import { eachLayer, linearRules, type NameRule, type NameTable, normRules } from "./types";

/** LLaMA of Hugging Face (`LlamaForCausalLM`): LLaMA 1 and 2, SmolLM2. */
export function llamaNames(config: LlamaConfig): NameTable {
  const { vocabSize, dModel, nLayer, dFfn, tied } = config;
  const { q, kv } = widths(config);
  const noBias = { bias: false };
  const block = (i: number): NameRule[] => {
    const [ours, theirs] = [`blocks.${i}`, `model.layers.${i}`];
    return [
      ...normRules(`${ours}.norm1`, `${theirs}.input_layernorm`, dModel, noBias),
      ...linearRules(`${ours}.attn.q`, `${theirs}.self_attn.q_proj`, dModel, q, noBias),
      ...linearRules(`${ours}.attn.k`, `${theirs}.self_attn.k_proj`, dModel, kv, noBias),
      ...linearRules(`${ours}.attn.v`, `${theirs}.self_attn.v_proj`, dModel, kv, noBias),
      ...linearRules(`${ours}.attn.out`, `${theirs}.self_attn.o_proj`, q, dModel, noBias),
      ...normRules(`${ours}.norm2`, `${theirs}.post_attention_layernorm`, dModel, noBias),
      ...linearRules(`${ours}.ffn.up`, `${theirs}.mlp.up_proj`, dModel, dFfn, noBias),
      ...linearRules(`${ours}.ffn.gate`, `${theirs}.mlp.gate_proj`, dModel, dFfn, noBias),
      ...linearRules(`${ours}.ffn.down`, `${theirs}.mlp.down_proj`, dFfn, dModel, noBias),
    ];
  };
  return {
    name: "LLaMA of Hugging Face",
    rules: [
      { ours: "tokens", theirs: "model.embed_tokens.weight", shape: [vocabSize, dModel] },
      ...eachLayer(nLayer, block),
      ...normRules("norm", "model.norm", dModel, noBias),
      ...(tied ? [] : linearRules("head", "lm_head", dModel, vocabSize, noBias)),
    ],
    // Older files keep RoPE's frequencies; a tied head is there twice in some.
    ignored: tied ? /\.rotary_emb\.inv_freq$|^lm_head\.weight$/ : /\.rotary_emb\.inv_freq$/,
    spellings: [[/^(?=embed_tokens\.|layers\.|norm\.)/, "model."]],
  };
}

/** LLaMA of llama.cpp's GGUF files, where rows of q and k lie in the neighbouring pairs of the paper. */
export function llamaGgufNames(config: LlamaConfig): NameTable {
  const { vocabSize, dModel, nLayer, nHead, nKvHead = nHead, dFfn, tied } = config;
  const { q, kv } = widths(config);
  const noBias = { bias: false };
  const paired = (rules: readonly NameRule[], pairedHeads: number): NameRule[] =>
    rules.map((rule) => ({ ...rule, pairedHeads }));
  const block = (i: number): NameRule[] => {
    const [ours, theirs] = [`blocks.${i}`, `blk.${i}`];
    return [
      ...normRules(`${ours}.norm1`, `${theirs}.attn_norm`, dModel, noBias),
      ...paired(linearRules(`${ours}.attn.q`, `${theirs}.attn_q`, dModel, q, noBias), nHead),
      ...paired(linearRules(`${ours}.attn.k`, `${theirs}.attn_k`, dModel, kv, noBias), nKvHead),
      ...linearRules(`${ours}.attn.v`, `${theirs}.attn_v`, dModel, kv, noBias),
      ...linearRules(`${ours}.attn.out`, `${theirs}.attn_output`, q, dModel, noBias),
      ...normRules(`${ours}.norm2`, `${theirs}.ffn_norm`, dModel, noBias),
      ...linearRules(`${ours}.ffn.up`, `${theirs}.ffn_up`, dModel, dFfn, noBias),
      ...linearRules(`${ours}.ffn.gate`, `${theirs}.ffn_gate`, dModel, dFfn, noBias),
      ...linearRules(`${ours}.ffn.down`, `${theirs}.ffn_down`, dFfn, dModel, noBias),
    ];
  };
  return {
    name: "LLaMA of llama.cpp",
    rules: [
      { ours: "tokens", theirs: "token_embd.weight", shape: [vocabSize, dModel] },
      ...eachLayer(nLayer, block),
      ...normRules("norm", "output_norm", dModel, noBias),
      ...(tied ? [] : linearRules("head", "output", dModel, vocabSize, noBias)),
    ],
  };
}

/** Falcon-7B and its kind (`FalconForCausalLM`, multi-query): one norm a block, q, k and v one after the other in one. */
export function falconNames(config: LlamaConfig): NameTable {
  const { vocabSize, dModel, nLayer, dFfn, tied } = config;
  const { q, kv } = widths(config);
  const noBias = { bias: false };
  const total = q + 2 * kv;
  const block = (i: number): NameRule[] => {
    const [ours, theirs] = [`blocks.${i}`, `transformer.h.${i}`];
    const part = (name: "q" | "k" | "v", outputs: number, from: number): NameRule => ({
      ours: `${ours}.attn.${name}.weight`,
      theirs: `${theirs}.self_attention.query_key_value.weight`,
      shape: [dModel, outputs],
      transpose: true,
      part: { axis: 0, from, total },
    });
    return [
      ...normRules(`${ours}.norm1`, `${theirs}.input_layernorm`, dModel),
      part("q", q, 0),
      part("k", kv, q),
      part("v", kv, q + kv),
      ...linearRules(`${ours}.attn.out`, `${theirs}.self_attention.dense`, q, dModel, noBias),
      ...linearRules(`${ours}.ffn.up`, `${theirs}.mlp.dense_h_to_4h`, dModel, dFfn, noBias),
      ...linearRules(`${ours}.ffn.down`, `${theirs}.mlp.dense_4h_to_h`, dFfn, dModel, noBias),
    ];
  };
  return {
    name: "Falcon of Hugging Face",
    rules: [
      { ours: "tokens", theirs: "transformer.word_embeddings.weight", shape: [vocabSize, dModel] },
      ...eachLayer(nLayer, block),
      ...normRules("norm", "transformer.ln_f", dModel),
      ...(tied ? [] : linearRules("head", "lm_head", dModel, vocabSize, noBias)),
    ],
    ...(tied ? { ignored: /^lm_head\.weight$/ } : {}),
    spellings: [[/^(?=word_embeddings\.|h\.|ln_f\.)/, "transformer."]],
  };
}

function widths({ dModel, nHead, nKvHead = nHead, headDim = dModel / nHead }: LlamaConfig): {
  readonly q: number;
  readonly kv: number;
} {
  return { q: nHead * headDim, kv: nKvHead * headDim };
}
