import type { BartConfig } from "./bart";
import type { BertConfig } from "./bert";
import type { GlmConfig } from "./glm";
import type { GptConfig } from "./gpt";
import type { LlamaConfig } from "./llama";
import type { T5Config } from "./t5";

/**
 * The sizes of published models, as data. A preset is a configuration: `initGpt(gptPresets["gpt-2"], rng)` makes the
 * model, `totalCount(gptParts(gptPresets["gpt-3"]))` counts it without making it. What the papers say of their numbers
 * is in published.ts.
 */
type Presets<Config, Name extends string> = Readonly<Record<Name, Config>>;

const gpt2 = (dModel: number, nLayer: number, nHead: number): GptConfig => ({
  vocabSize: 50257,
  context: 1024,
  dModel,
  nLayer,
  nHead,
  order: "pre",
  rate: 0.1,
});

/**
 * Brown 2020, table 2.1, with three departures. The table gives the XL model 24 heads of 128 in a width of 2,048, which
 * do not fit: 16 do. It gives the 13B model a width of 5,140; 40 heads of 128 are 5,120. And the paper does not say how
 * wide the bands of its sparse layers are: 128 is the stride of Child 2019, section 7.
 */
const gpt3 = (dModel: number, nLayer: number, nHead: number): GptConfig => ({
  ...gpt2(dModel, nLayer, nHead),
  context: 2048,
  rate: 0,
  band: 128,
});

export type GptPreset =
  | "gpt-1"
  | "gpt-2"
  | "gpt-2-medium"
  | "gpt-2-large"
  | "gpt-2-xl"
  | "gpt-3-small"
  | "gpt-3-medium"
  | "gpt-3-large"
  | "gpt-3-xl"
  | "gpt-3-2.7b"
  | "gpt-3-6.7b"
  | "gpt-3-13b"
  | "gpt-3";

/** Radford 2018, section 4.1; Radford 2019, table 2 (heads of 64); Brown 2020, table 2.1. */
export const gptPresets: Presets<GptConfig, GptPreset> = {
  "gpt-1": { vocabSize: 40478, context: 512, dModel: 768, nLayer: 12, nHead: 12, order: "post", rate: 0.1 },
  "gpt-2": gpt2(768, 12, 12),
  "gpt-2-medium": gpt2(1024, 24, 16),
  "gpt-2-large": gpt2(1280, 36, 20),
  "gpt-2-xl": gpt2(1600, 48, 25),
  "gpt-3-small": gpt3(768, 12, 12),
  "gpt-3-medium": gpt3(1024, 24, 16),
  "gpt-3-large": gpt3(1536, 24, 16),
  "gpt-3-xl": gpt3(2048, 24, 16),
  "gpt-3-2.7b": gpt3(2560, 32, 32),
  "gpt-3-6.7b": gpt3(4096, 32, 32),
  "gpt-3-13b": gpt3(5120, 40, 40),
  "gpt-3": gpt3(12288, 96, 96),
};

const llama = (dModel: number, nLayer: number, nHead: number, dFfn: number): LlamaConfig => ({
  vocabSize: 32000,
  context: 2048,
  dModel,
  nLayer,
  nHead,
  dFfn,
  epsilon: 1e-6,
  tied: false,
});
const llama2 = (config: LlamaConfig): LlamaConfig => ({ ...config, context: 4096, epsilon: 1e-5 });

export type LlamaPreset =
  | "llama-7b"
  | "llama-13b"
  | "llama-33b"
  | "llama-65b"
  | "llama-2-7b"
  | "llama-2-13b"
  | "llama-2-70b"
  | "smollm2-135m"
  | "falcon-7b";

/** Touvron 2023, table 2; Touvron 2023b, table 1; the configurations of SmolLM2 (Allal 2025) and Falcon (Almazrouei 2023). */
export const llamaPresets: Presets<LlamaConfig, LlamaPreset> = {
  "llama-7b": llama(4096, 32, 32, 11008),
  "llama-13b": llama(5120, 40, 40, 13824),
  "llama-33b": llama(6656, 60, 52, 17920),
  "llama-65b": llama(8192, 80, 64, 22016),
  "llama-2-7b": llama2(llama(4096, 32, 32, 11008)),
  "llama-2-13b": llama2(llama(5120, 40, 40, 13824)),
  "llama-2-70b": { ...llama2(llama(8192, 80, 64, 28672)), nKvHead: 8 },
  "smollm2-135m": {
    ...llama(576, 30, 9, 1536),
    vocabSize: 49152,
    context: 8192,
    nKvHead: 3,
    ropeTheta: 100000,
    epsilon: 1e-5,
    tied: true,
  },
  "falcon-7b": {
    ...llama(4544, 32, 71, 4 * 4544),
    vocabSize: 65024,
    nKvHead: 1,
    epsilon: 1e-5,
    tied: true,
    normKind: "layer",
    activation: "gelu",
    parallel: true,
  },
};

const bert = (dModel: number, nLayer: number, nHead: number): BertConfig => ({
  vocabSize: 30522,
  context: 512,
  dModel,
  nLayer,
  nHead,
  rate: 0.1,
});

export type BertPreset = "bert-base" | "bert-large" | "minilm-l6";

/** Devlin 2019, section 3, the uncased vocabulary; MiniLM-L6-v2, a sentence encoder in BERT's form (Wang 2020). */
export const bertPresets: Presets<BertConfig, BertPreset> = {
  "bert-base": bert(768, 12, 12),
  "bert-large": bert(1024, 24, 16),
  "minilm-l6": bert(384, 6, 12),
};

const t5 = (dModel: number, nLayer: number, nHead: number, headDim: number, dFfn: number): T5Config => ({
  vocabSize: 32128,
  dModel,
  nLayer,
  nHead,
  headDim,
  dFfn,
  activation: "relu",
  tied: true,
  rate: 0.1,
});
/** T5 1.1: a gate, a head of its own, and no dropout in pretraining. */
const t5v11 = (config: T5Config): T5Config => ({ ...config, activation: "gegluTanh", tied: false, rate: 0 });

export type T5Preset =
  "t5-small" | "t5-base" | "t5-large" | "t5-3b" | "t5-11b" | "t5-1.1-small" | "t5-1.1-base" | "t5-1.1-large";

/**
 * Raffel 2020, section 3.7 (and for T5 1.1 the configurations released with it). The vocabulary of 32,000 pieces and
 * 100 sentinels is filled up to 32,128 rows.
 */
export const t5Presets: Presets<T5Config, T5Preset> = {
  "t5-small": t5(512, 6, 8, 64, 2048),
  "t5-base": t5(768, 12, 12, 64, 3072),
  "t5-large": t5(1024, 24, 16, 64, 4096),
  "t5-3b": t5(1024, 24, 32, 128, 16384),
  "t5-11b": t5(1024, 24, 128, 128, 65536),
  "t5-1.1-small": t5v11(t5(512, 8, 6, 64, 1024)),
  "t5-1.1-base": t5v11(t5(768, 12, 12, 64, 2048)),
  "t5-1.1-large": t5v11(t5(1024, 24, 16, 64, 2816)),
};

export type BartPreset = "bart-base" | "bart-large";

/** Lewis 2020, section 2.1: 6 and 12 layers a stack, the vocabulary of GPT-2 with special tokens. */
export const bartPresets: Presets<BartConfig, BartPreset> = {
  "bart-base": { vocabSize: 50265, context: 1024, dModel: 768, nLayer: 6, nHead: 12, rate: 0.1 },
  "bart-large": { vocabSize: 50265, context: 1024, dModel: 1024, nLayer: 12, nHead: 16, rate: 0.1 },
};

const glm = (dModel: number, nLayer: number, nHead: number): GlmConfig => ({
  vocabSize: 30592,
  context: 512,
  dModel,
  nLayer,
  nHead,
  order: "pre",
  rate: 0.1,
});

export type GlmPreset = "glm-base" | "glm-large" | "glm-10b";

/**
 * Du 2022, section 3.1, and the configurations of its code. The two smaller ones have BERT's vocabulary with a few more
 * tokens, filled up to a multiple of 128; the large one GPT-2's.
 */
export const glmPresets: Presets<GlmConfig, GlmPreset> = {
  "glm-base": glm(768, 12, 12),
  "glm-large": glm(1024, 24, 16),
  "glm-10b": { ...glm(4096, 48, 64), vocabSize: 50304, context: 1024 },
};
