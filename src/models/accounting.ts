import { BART_OFFSET } from "./bart";
import type { BartConfig } from "./bart";
import type { BertConfig } from "./bert";
import type { GlmConfig } from "./glm";
import type { GptConfig } from "./gpt";
import type { LlamaConfig } from "./llama";
import type { T5Config } from "./t5";
import { attentionCount, denseCount, ffnCount, normCount, tableCount } from "./counting";
import type { PartCount } from "./counting";

/**
 * The parameters of GPT-1, 2 and 3, part by part; the head is tied to the tokens and costs nothing.
 *
 * ```ts
 * totalCount(gptParts(gptPresets["gpt-2"]))  // 124439808
 * ```
 */
export function gptParts(config: GptConfig): PartCount[] {
  const { vocabSize, context, dModel, nLayer, order, dFfn = 4 * dModel, activation = "geluTanh" } = config;
  return [
    tableCount("tokens", "V C", vocabSize, dModel),
    tableCount("positions", "T C", context, dModel),
    attentionCount(config, true, nLayer),
    ffnCount({ dModel, dFfn, activation }, true, nLayer),
    normCount("layer", dModel, 2 * nLayer + (order === "pre" ? 1 : 0)),
  ];
}

/** The parameters of LLaMA, LLaMA-2, SmolLM2 and Falcon, part by part. RoPE has none. */
export function llamaParts(config: LlamaConfig): PartCount[] {
  const { vocabSize, dModel, nLayer, dFfn, tied, parallel = false } = config;
  const { normKind = "rms", activation = "swiglu" } = config;
  return [
    tableCount("tokens", "V C", vocabSize, dModel),
    attentionCount(config, false, nLayer),
    ffnCount({ dModel, dFfn, activation }, false, nLayer),
    normCount(normKind, dModel, (parallel ? 1 : 2) * nLayer + 1),
    ...(tied ? [] : [tableCount("head", "C V", vocabSize, dModel)]),
  ];
}

/** Which of BERT's heads are counted: "none", the "pooler" (as published counts do), or all of "pretraining". */
export type BertHeads = "none" | "pooler" | "pretraining";

/** The parameters of BERT and of sentence encoders in its form, part by part. The masked LM's table is that of the tokens. */
export function bertParts(config: BertConfig, heads: BertHeads = "pooler"): PartCount[] {
  const { vocabSize, context, dModel, nLayer, dFfn = 4 * dModel, segments = 2 } = config;
  const square = (part: string): PartCount => denseCount(part, "C² + C", dModel, dModel);
  return [
    tableCount("tokens", "V C", vocabSize, dModel),
    tableCount("positions", "T C", context, dModel),
    tableCount("segments", "2 C", segments, dModel),
    attentionCount(config, true, nLayer),
    ffnCount({ dModel, dFfn, activation: "gelu" }, true, nLayer),
    normCount("layer", dModel, 2 * nLayer + 1),
    ...(heads === "none" ? [] : [square("pooler")]),
    ...(heads === "pretraining"
      ? [
          square("masked LM, layer"),
          normCount("layer", dModel, 1, "masked LM, norm"),
          tableCount("masked LM, bias", "V", vocabSize, 1),
          denseCount("next sentence", "2 C + 2", dModel, 2),
        ]
      : []),
  ];
}

/** The parameters of T5 and T5 1.1, part by part: both stacks, each with one table of relative positions. */
export function t5Parts(config: T5Config): PartCount[] {
  const { vocabSize, dModel, nLayer, nDecoderLayer = nLayer, nHead, buckets = 32, tied } = config;
  return [
    tableCount("tokens", "V C", vocabSize, dModel),
    { ...tableCount("relative positions", "buckets H", buckets, nHead), times: 2 },
    attentionCount(config, false, nLayer + nDecoderLayer),
    attentionCount(config, false, nDecoderLayer, "cross attention"),
    ffnCount(config, false, nLayer + nDecoderLayer),
    normCount("rms", dModel, 2 * nLayer + 3 * nDecoderLayer + 2),
    ...(tied ? [] : [tableCount("head", "C V", vocabSize, dModel)]),
  ];
}

/** The parameters of BART, part by part. Each stack has a table of positions, with two rows that no text reaches. */
export function bartParts(config: BartConfig): PartCount[] {
  const { vocabSize, context, dModel, nLayer, nDecoderLayer = nLayer } = config;
  const { dFfn = 4 * dModel, dDecoderFfn = dFfn } = config;
  const part = (width: number, times: number, name: string): PartCount =>
    ffnCount({ dModel, dFfn: width, activation: "gelu" }, true, times, name);
  return [
    tableCount("tokens", "V C", vocabSize, dModel),
    { ...tableCount("positions", "(T + 2) C", context + BART_OFFSET, dModel), times: 2 },
    attentionCount(config, true, nLayer + nDecoderLayer),
    attentionCount(config, true, nDecoderLayer, "cross attention"),
    ...(dFfn === dDecoderFfn
      ? [part(dFfn, nLayer + nDecoderLayer, "feed-forward")]
      : [
          part(dFfn, nLayer, "encoder's feed-forward"),
          part(dDecoderFfn, nDecoderLayer, "decoder's feed-forward"),
        ]),
    normCount("layer", dModel, 2 * nLayer + 3 * nDecoderLayer + 2),
  ];
}

/** The parameters of GLM, part by part: two tables of positions, one for each of its two dimensions. */
export function glmParts(config: GlmConfig): PartCount[] {
  const { vocabSize, context, dModel, nLayer, dFfn = 4 * dModel, activation = "geluTanh", order } = config;
  return [
    tableCount("tokens", "V C", vocabSize, dModel),
    { ...tableCount("positions", "(T + 1) C", context + 1, dModel), times: 2 },
    attentionCount(config, true, nLayer),
    ffnCount({ dModel, dFfn, activation }, true, nLayer),
    normCount("layer", dModel, 2 * nLayer + (order === "pre" ? 1 : 0)),
  ];
}
