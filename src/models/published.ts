/** What is published of the presets' sizes: papers round, and some miscount; checkpoints can be counted. */
export interface Published {
  /** What the paper prints, in parameters. */
  readonly paper: number;
  readonly source: string;
  /** What the published checkpoint holds, to the last parameter, where there is one. */
  readonly exact?: number;
}

const M = 1e6;
const B = 1e9;
const gpt2 = "Radford 2019, table 2";
const gpt3 = "Brown 2020, table D.1";
const llama = "Touvron 2023, table 2";
const llama2 = "Touvron 2023b, table 1";
const t5 = "Raffel 2020, section 3.7";
const t5v11 = "the configurations of T5 1.1";
const glm = "Du 2022, section 3";
const bert = "Devlin 2019, section 3";

/**
 * By preset. GPT-2's paper says 117 M, 345 M, 762 M and 1,542 M; the released models are larger, and OpenAI's repository
 * says so. GPT-1's paper gives no number.
 */
export const published: Readonly<Record<string, Published>> = {
  "gpt-1": {
    paper: 117 * M,
    source: "Radford 2019, section 3: as large as the smallest GPT-2",
    exact: 116_534_784,
  },
  "gpt-2": { paper: 117 * M, source: gpt2, exact: 124_439_808 },
  "gpt-2-medium": { paper: 345 * M, source: gpt2, exact: 354_823_168 },
  "gpt-2-large": { paper: 762 * M, source: gpt2, exact: 774_030_080 },
  "gpt-2-xl": { paper: 1542 * M, source: gpt2, exact: 1_557_611_200 },
  "gpt-3-small": { paper: 125 * M, source: gpt3 },
  "gpt-3-medium": { paper: 356 * M, source: gpt3 },
  "gpt-3-large": { paper: 760 * M, source: gpt3 },
  "gpt-3-xl": { paper: 1320 * M, source: gpt3 },
  "gpt-3-2.7b": { paper: 2650 * M, source: gpt3 },
  "gpt-3-6.7b": { paper: 6660 * M, source: gpt3 },
  "gpt-3-13b": { paper: 12850 * M, source: gpt3 },
  "gpt-3": { paper: 174600 * M, source: gpt3 },
  "llama-7b": { paper: 6.7 * B, source: llama, exact: 6_738_415_616 },
  "llama-13b": { paper: 13 * B, source: llama, exact: 13_015_864_320 },
  "llama-33b": { paper: 32.5 * B, source: llama, exact: 32_528_943_616 },
  "llama-65b": { paper: 65.2 * B, source: llama, exact: 65_285_660_672 },
  "llama-2-7b": { paper: 7 * B, source: llama2, exact: 6_738_415_616 },
  "llama-2-13b": { paper: 13 * B, source: llama2, exact: 13_015_864_320 },
  "llama-2-70b": { paper: 70 * B, source: llama2, exact: 68_976_648_192 },
  "smollm2-135m": { paper: 135 * M, source: "Allal 2025, SmolLM2", exact: 134_515_008 },
  "falcon-7b": { paper: 7 * B, source: "Almazrouei 2023", exact: 6_921_720_704 },
  "bert-base": { paper: 110 * M, source: bert, exact: 109_482_240 },
  "bert-large": { paper: 340 * M, source: bert, exact: 335_141_888 },
  "t5-small": { paper: 60 * M, source: t5, exact: 60_506_624 },
  "t5-base": { paper: 220 * M, source: t5, exact: 222_903_552 },
  "t5-large": { paper: 770 * M, source: t5, exact: 737_668_096 },
  "t5-3b": { paper: 2.8 * B, source: t5, exact: 2_851_598_336 },
  "t5-11b": { paper: 11 * B, source: t5, exact: 11_307_321_344 },
  "t5-1.1-small": { paper: 77 * M, source: t5v11, exact: 76_961_152 },
  "t5-1.1-base": { paper: 248 * M, source: t5v11, exact: 247_577_856 },
  "t5-1.1-large": { paper: 783 * M, source: t5v11, exact: 783_150_080 },
  "bart-base": { paper: 140 * M, source: "the checkpoint's card", exact: 139_420_416 },
  "bart-large": { paper: 400 * M, source: "the checkpoint's card", exact: 406_291_456 },
  "glm-base": { paper: 110 * M, source: glm },
  "glm-large": { paper: 335 * M, source: glm },
  "glm-10b": { paper: 10 * B, source: "the checkpoint's name" },
  "minilm-l6": { paper: 22.7 * M, source: "the model's card", exact: 22_713_216 },
};
