import { BART_OFFSET } from "../../models";
import type { BartConfig } from "../../models";
import { eachLayer, linearRules, type NameRule, type NameTable, normRules } from "./types";

/** BART of Hugging Face (`BartForConditionalGeneration`). */
export function bartNames(config: BartConfig): NameTable {
  const { vocabSize, context, dModel, nLayer, nDecoderLayer = nLayer, dFfn = 4 * dModel } = config;
  const { dDecoderFfn = dFfn } = config;
  const attention = (ours: string, theirs: string): NameRule[] => [
    ...linearRules(`${ours}.q`, `${theirs}.q_proj`, dModel, dModel),
    ...linearRules(`${ours}.k`, `${theirs}.k_proj`, dModel, dModel),
    ...linearRules(`${ours}.v`, `${theirs}.v_proj`, dModel, dModel),
    ...linearRules(`${ours}.out`, `${theirs}.out_proj`, dModel, dModel),
  ];
  const stack = (name: "encoder" | "decoder", layers: number, wide: number): NameRule[] => [
    {
      ours: `${name}.positions`,
      theirs: `model.${name}.embed_positions.weight`,
      shape: [context + BART_OFFSET, dModel],
    },
    ...normRules(`${name}.norm`, `model.${name}.layernorm_embedding`, dModel),
    ...eachLayer(layers, (i) => {
      const [ours, theirs] = [`${name}.blocks.${i}`, `model.${name}.layers.${i}`];
      return [
        ...attention(`${ours}.attn`, `${theirs}.self_attn`),
        ...normRules(`${ours}.norm1`, `${theirs}.self_attn_layer_norm`, dModel),
        ...(name === "decoder"
          ? [
              ...attention(`${ours}.cross`, `${theirs}.encoder_attn`),
              ...normRules(`${ours}.normCross`, `${theirs}.encoder_attn_layer_norm`, dModel),
            ]
          : []),
        ...linearRules(`${ours}.ffn.up`, `${theirs}.fc1`, dModel, wide),
        ...linearRules(`${ours}.ffn.down`, `${theirs}.fc2`, wide, dModel),
        ...normRules(`${ours}.norm2`, `${theirs}.final_layer_norm`, dModel),
      ];
    }),
  ];
  return {
    name: "BART of Hugging Face",
    rules: [
      { ours: "tokens", theirs: "model.shared.weight", shape: [vocabSize, dModel] },
      ...stack("encoder", nLayer, dFfn),
      ...stack("decoder", nDecoderLayer, dDecoderFfn),
      { ours: "bias", theirs: "final_logits_bias", shape: [1, vocabSize], optional: true },
    ],
    // The table of tokens is there up to four times; older files number their version.
    ignored: /^lm_head\.weight$|^model\.(encoder|decoder)\.(embed_tokens\.weight|version)$/,
    spellings: [[/^(?=shared\.|encoder\.|decoder\.)/, "model."]],
  };
}
