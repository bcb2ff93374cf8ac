import type { BertConfig } from "../../models";
import { eachLayer, linearRules, type NameRule, type NameTable, normRules } from "./types";

/** BERT of Hugging Face (`BertForPreTraining`, and parts of it): BERT, MiniLM. Heads may be missing. */
export function bertNames(config: BertConfig): NameTable {
  const { vocabSize, context, dModel, nLayer, dFfn = 4 * dModel, segments = 2 } = config;
  const block = (i: number): NameRule[] => {
    const [ours, theirs] = [`blocks.${i}`, `bert.encoder.layer.${i}`];
    return [
      ...linearRules(`${ours}.attn.q`, `${theirs}.attention.self.query`, dModel, dModel),
      ...linearRules(`${ours}.attn.k`, `${theirs}.attention.self.key`, dModel, dModel),
      ...linearRules(`${ours}.attn.v`, `${theirs}.attention.self.value`, dModel, dModel),
      ...linearRules(`${ours}.attn.out`, `${theirs}.attention.output.dense`, dModel, dModel),
      ...normRules(`${ours}.norm1`, `${theirs}.attention.output.LayerNorm`, dModel),
      ...linearRules(`${ours}.ffn.up`, `${theirs}.intermediate.dense`, dModel, dFfn),
      ...linearRules(`${ours}.ffn.down`, `${theirs}.output.dense`, dFfn, dModel),
      ...normRules(`${ours}.norm2`, `${theirs}.output.LayerNorm`, dModel),
    ];
  };
  const heads: NameRule[] = [
    ...linearRules("pooler", "bert.pooler.dense", dModel, dModel),
    ...linearRules("mlm.transform", "cls.predictions.transform.dense", dModel, dModel),
    ...normRules("mlm.norm", "cls.predictions.transform.LayerNorm", dModel),
    { ours: "mlm.bias", theirs: "cls.predictions.bias", shape: [vocabSize] },
    ...linearRules("nsp", "cls.seq_relationship", dModel, 2),
  ];
  return {
    name: "BERT of Hugging Face",
    rules: [
      { ours: "tokens", theirs: "bert.embeddings.word_embeddings.weight", shape: [vocabSize, dModel] },
      { ours: "positions", theirs: "bert.embeddings.position_embeddings.weight", shape: [context, dModel] },
      { ours: "segments", theirs: "bert.embeddings.token_type_embeddings.weight", shape: [segments, dModel] },
      ...normRules("norm", "bert.embeddings.LayerNorm", dModel),
      ...eachLayer(nLayer, block),
      ...heads.map((rule) => ({ ...rule, optional: true })),
    ],
    // The head of the masked LM is tied, its bias is there twice in some files; older files number the positions.
    ignored: /^cls\.predictions\.decoder\.(weight|bias)$|\.position_ids$/,
    spellings: [
      [/^(?=embeddings\.|encoder\.|pooler\.)/, "bert."],
      [/\.gamma$/, ".weight"],
      [/\.beta$/, ".bias"],
    ],
  };
}
