import type { GptConfig } from "../../models";
import { eachLayer, type NameRule, type NameTable, normRules } from "./types";

/** GPT-2 of Hugging Face (`GPT2LMHeadModel`). Its layers are `Conv1D`, which keep [I, O] as we do; q, k, v are one. */
export function gpt2Names(config: GptConfig): NameTable {
  const { vocabSize, context, dModel, nLayer, dFfn = 4 * dModel } = config;
  const block = (i: number): NameRule[] => {
    const [ours, theirs] = [`blocks.${i}`, `transformer.h.${i}`];
    const third = (name: "q" | "k" | "v", from: number): NameRule[] => [
      {
        ours: `${ours}.attn.${name}.weight`,
        theirs: `${theirs}.attn.c_attn.weight`,
        shape: [dModel, dModel],
        part: { axis: 1, from, total: 3 * dModel },
      },
      {
        ours: `${ours}.attn.${name}.bias`,
        theirs: `${theirs}.attn.c_attn.bias`,
        shape: [dModel],
        part: { axis: 0, from, total: 3 * dModel },
      },
    ];
    return [
      ...normRules(`${ours}.norm1`, `${theirs}.ln_1`, dModel),
      ...third("q", 0),
      ...third("k", dModel),
      ...third("v", 2 * dModel),
      ...conv1d(`${ours}.attn.out`, `${theirs}.attn.c_proj`, dModel, dModel),
      ...normRules(`${ours}.norm2`, `${theirs}.ln_2`, dModel),
      ...conv1d(`${ours}.ffn.up`, `${theirs}.mlp.c_fc`, dModel, dFfn),
      ...conv1d(`${ours}.ffn.down`, `${theirs}.mlp.c_proj`, dFfn, dModel),
    ];
  };
  return {
    name: "GPT-2 of Hugging Face",
    rules: [
      { ours: "tokens", theirs: "transformer.wte.weight", shape: [vocabSize, dModel] },
      { ours: "positions", theirs: "transformer.wpe.weight", shape: [context, dModel] },
      ...eachLayer(nLayer, block),
      ...normRules("norm", "transformer.ln_f", dModel),
    ],
    // The head is tied; older files keep the causal mask and the number that masked scores get.
    ignored: /^lm_head\.weight$|\.attn\.(bias|masked_bias)$/,
    spellings: [[/^(?=wte\.|wpe\.|h\.|ln_f\.)/, "transformer."]],
  };
}

const conv1d = (ours: string, theirs: string, inputs: number, outputs: number): NameRule[] => [
  { ours: `${ours}.weight`, theirs: `${theirs}.weight`, shape: [inputs, outputs] },
  { ours: `${ours}.bias`, theirs: `${theirs}.bias`, shape: [outputs] },
];
