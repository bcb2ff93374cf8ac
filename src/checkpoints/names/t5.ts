import type { T5Config } from "../../models";
import { eachLayer, linearRules, type NameRule, type NameTable, normRules } from "./types";

/** T5 and T5 1.1 of Hugging Face (`T5ForConditionalGeneration`). */
export function t5Names(config: T5Config): NameTable {
  const { vocabSize, dModel, nLayer, nDecoderLayer = nLayer, nHead, headDim, dFfn, buckets = 32 } = config;
  const { activation, tied } = config;
  const noBias = { bias: false };
  const attention = (ours: string, theirs: string): NameRule[] => [
    ...linearRules(`${ours}.q`, `${theirs}.q`, dModel, nHead * headDim, noBias),
    ...linearRules(`${ours}.k`, `${theirs}.k`, dModel, nHead * headDim, noBias),
    ...linearRules(`${ours}.v`, `${theirs}.v`, dModel, nHead * headDim, noBias),
    ...linearRules(`${ours}.out`, `${theirs}.o`, nHead * headDim, dModel, noBias),
  ];
  const feed = (ours: string, theirs: string): NameRule[] => [
    ...(activation === "relu"
      ? linearRules(`${ours}.up`, `${theirs}.wi`, dModel, dFfn, noBias)
      : [
          ...linearRules(`${ours}.gate`, `${theirs}.wi_0`, dModel, dFfn, noBias),
          ...linearRules(`${ours}.up`, `${theirs}.wi_1`, dModel, dFfn, noBias),
        ]),
    ...linearRules(`${ours}.down`, `${theirs}.wo`, dFfn, dModel, noBias),
  ];
  const stack = (name: "encoder" | "decoder", layers: number): NameRule[] => [
    {
      ours: `${name}.relative.table`,
      theirs: `${name}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`,
      shape: [buckets, nHead],
    },
    ...eachLayer(layers, (i) => {
      const [ours, theirs] = [`${name}.blocks.${i}`, `${name}.block.${i}.layer`];
      const last = name === "decoder" ? 2 : 1;
      return [
        ...normRules(`${ours}.norm1`, `${theirs}.0.layer_norm`, dModel, noBias),
        ...attention(`${ours}.attn`, `${theirs}.0.SelfAttention`),
        ...(name === "decoder"
          ? [
              ...normRules(`${ours}.normCross`, `${theirs}.1.layer_norm`, dModel, noBias),
              ...attention(`${ours}.cross`, `${theirs}.1.EncDecAttention`),
            ]
          : []),
        ...normRules(`${ours}.norm2`, `${theirs}.${last}.layer_norm`, dModel, noBias),
        ...feed(`${ours}.ffn`, `${theirs}.${last}.DenseReluDense`),
      ];
    }),
    ...normRules(`${name}.norm`, `${name}.final_layer_norm`, dModel, noBias),
  ];
  // The table of tokens is there up to four times; the first T5 files have a table that no layer reads.
  const copies = ["encoder.embed_tokens", "decoder.embed_tokens", ...(tied ? ["lm_head"] : [])];
  const unread = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias";
  return {
    name: "T5 of Hugging Face",
    rules: [
      { ours: "tokens", theirs: "shared.weight", shape: [vocabSize, dModel] },
      ...stack("encoder", nLayer),
      ...stack("decoder", nDecoderLayer),
      ...(tied ? [] : linearRules("head", "lm_head", dModel, vocabSize, noBias)),
    ],
    ignored: new RegExp(
      `^(${[...copies, unread].map((name) => name.replaceAll(".", "\\.")).join("|")})\\.weight$`,
    ),
  };
}
