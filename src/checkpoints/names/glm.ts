import type { GlmConfig } from "../../models";
import { eachLayer, linearRules, type NameRule, type NameTable, normRules } from "./types";

/** GLM as its authors ported it to `transformers` (`GLMForConditionalGeneration`): q, k and v one after the other in one. */
export function glmNames(config: GlmConfig): NameTable {
  const { vocabSize, context, dModel, nLayer, dFfn = 4 * dModel, order } = config;
  if (order !== "pre") throw new Error('glm: published checkpoints of this form have order "pre"');
  const third = (ours: string, theirs: string, name: "q" | "k" | "v", from: number): NameRule[] =>
    linearRules(`${ours}.attn.${name}`, `${theirs}.attention.query_key_value`, dModel, dModel).map(
      (rule) => ({
        ...rule,
        part: { axis: 0, from, total: 3 * dModel },
      }),
    );
  const block = (i: number): NameRule[] => {
    const [ours, theirs] = [`blocks.${i}`, `glm.transformer.layers.${i}`];
    return [
      ...normRules(`${ours}.norm1`, `${theirs}.input_layernorm`, dModel),
      ...third(ours, theirs, "q", 0),
      ...third(ours, theirs, "k", dModel),
      ...third(ours, theirs, "v", 2 * dModel),
      ...linearRules(`${ours}.attn.out`, `${theirs}.attention.dense`, dModel, dModel),
      ...normRules(`${ours}.norm2`, `${theirs}.post_attention_layernorm`, dModel),
      ...linearRules(`${ours}.ffn.up`, `${theirs}.mlp.dense_h_to_4h`, dModel, dFfn),
      ...linearRules(`${ours}.ffn.down`, `${theirs}.mlp.dense_4h_to_h`, dFfn, dModel),
    ];
  };
  const table = (ours: string, name: string): NameRule => ({
    ours: `positions.${ours}`,
    theirs: `glm.transformer.${name}.weight`,
    shape: [context + 1, dModel],
  });
  return {
    name: "GLM of its authors",
    rules: [
      { ours: "tokens", theirs: "glm.word_embeddings.weight", shape: [vocabSize, dModel] },
      table("first", "position_embeddings"),
      table("second", "block_position_embeddings"),
      ...eachLayer(nLayer, block),
      ...normRules("norm", "glm.transformer.final_layernorm", dModel),
    ],
    spellings: [[/^(?=word_embeddings\.|transformer\.)/, "glm."]],
  };
}
