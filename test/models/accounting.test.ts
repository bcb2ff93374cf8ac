import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeRng, tf, useEngine } from "../../src/engine";
import {
  bartParts,
  bertParts,
  glmParts,
  gptParts,
  initBart,
  initBert,
  initGlm,
  initGpt,
  initLlama,
  initT5,
  llamaParts,
  t5Parts,
  totalCount,
} from "../../src/models";
import {
  bartPresets,
  bertPresets,
  glmPresets,
  gptPresets,
  llamaPresets,
  published,
  t5Presets,
} from "../../src/models";
import type { BartConfig, GptConfig, LlamaConfig, PartCount, T5Config } from "../../src/models";
import { countParams } from "../../src/tree";

interface Golden {
  readonly gpt: Record<string, number>;
  readonly llama: Record<string, number>;
  readonly bart: Record<string, number>;
  readonly t5: Record<string, number>;
  readonly bert: Record<string, { encoder: number; pretraining: number }>;
}
const golden = JSON.parse(readFileSync(join(__dirname, "..", "golden", "counts.json"), "utf8")) as Golden;

const size = { vocabSize: 13, context: 7, dModel: 12, nLayer: 3, nHead: 4 };
const llama: LlamaConfig = { ...size, dFfn: 20, tied: false };

/** Small models of every family and form, and what is counted of them. */
const small: Record<string, () => { params: unknown; parts: PartCount[] }> = {};
const gpts: Record<string, GptConfig> = {
  "GPT-2": { ...size, order: "pre" },
  "GPT-1": { ...size, order: "post" },
  "GPT-3": { ...size, order: "pre", band: 2 },
  "GPT-2 with a narrow gated part": { ...size, order: "pre", dFfn: 10, activation: "geglu" },
};
for (const [name, config] of Object.entries(gpts))
  small[name] = () => ({ params: initGpt(config, makeRng(1)), parts: gptParts(config) });
const llamas: Record<string, LlamaConfig> = {
  LLaMA: llama,
  "LLaMA-2, grouped": { ...llama, nKvHead: 2 },
  "SmolLM2, tied": { ...llama, nKvHead: 1, tied: true },
  "heads wider than the model": { ...llama, nKvHead: 2, headDim: 5 },
  Falcon: { ...llama, nKvHead: 1, tied: true, normKind: "layer", activation: "gelu", parallel: true },
};
for (const [name, config] of Object.entries(llamas))
  small[name] = () => ({ params: initLlama(config, makeRng(1)), parts: llamaParts(config) });
small["BERT, all heads"] = () => ({
  params: initBert({ ...size, segments: 3 }, makeRng(1)),
  parts: bertParts({ ...size, segments: 3 }, "pretraining"),
});
small["BERT, no heads"] = () => {
  const { pooler, mlm, nsp, ...params } = initBert({ ...size, dFfn: 9 }, makeRng(1));
  assert.ok(pooler && mlm && nsp);
  return { params, parts: bertParts({ ...size, dFfn: 9 }, "none") };
};
small["BERT, pooler"] = () => {
  const { mlm, nsp, ...params } = initBert(size, makeRng(1));
  assert.ok(mlm && nsp);
  return { params, parts: bertParts(size) };
};

const t5: T5Config = { ...size, headDim: 5, dFfn: 20, activation: "relu", tied: true };
const t5s: Record<string, T5Config> = {
  T5: t5,
  "T5 1.1, a deeper decoder": { ...t5, nDecoderLayer: 5, activation: "gegluTanh", tied: false, buckets: 8 },
};
for (const [name, config] of Object.entries(t5s))
  small[name] = () => ({ params: initT5(config, makeRng(1)), parts: t5Parts(config) });

const barts: Record<string, BartConfig> = {
  BART: size,
  "BART, a deeper decoder with other widths": {
    ...size,
    nDecoderLayer: 4,
    dFfn: 10,
    dDecoderFfn: 30,
    nDecoderHead: 2,
  },
};
for (const [name, config] of Object.entries(barts))
  small[name] = () => ({ params: initBart(config, makeRng(1)), parts: bartParts(config) });
for (const order of ["pre", "deep"] as const)
  small[`GLM, ${order}`] = () => ({
    params: initGlm({ ...size, order, dFfn: 10 }, makeRng(1)),
    parts: glmParts({ ...size, order, dFfn: 10 }),
  });

describe("counting without making", () => {
  before(() => useEngine({ engine: "cpu" }));

  for (const [name, make] of Object.entries(small))
    it(`${name}: as many as the tensors of a small one hold`, () => {
      tf.tidy(() => {
        const { params, parts } = make();
        assert.equal(totalCount(parts), countParams(params));
      });
    });

  it("GPT, LLaMA, SmolLM2, Falcon: as transformers counts the published sizes", () => {
    for (const [name, count] of Object.entries(golden.gpt))
      assert.equal(totalCount(gptParts(gptPresets[name as keyof typeof gptPresets])), count, name);
    for (const [name, count] of Object.entries(golden.llama))
      assert.equal(totalCount(llamaParts(llamaPresets[name as keyof typeof llamaPresets])), count, name);
  });

  it("T5 and T5 1.1: as transformers counts them, from small to 11b", () => {
    for (const [name, count] of Object.entries(golden.t5))
      assert.equal(totalCount(t5Parts(t5Presets[name as keyof typeof t5Presets])), count, name);
  });

  it("what is published is what transformers counts, and the paper's number is near where it is no known slip", () => {
    const encoders = Object.entries(golden.bert).map(([name, { encoder }]) => [name, encoder] as const);
    const all = new Map([
      ...encoders,
      ...Object.entries({ ...golden.gpt, ...golden.llama, ...golden.t5, ...golden.bart }),
    ]);
    const slips = ["gpt-2", "gpt-2-medium"];
    for (const [name, { paper, exact }] of Object.entries(published)) {
      if (exact !== undefined) assert.equal(exact, all.get(name), name);
      if (exact !== undefined && !slips.includes(name))
        assert.ok(Math.abs(exact / paper - 1) < 0.05, `${name}: ${exact} and ${paper}`);
    }
  });

  it("BART: as transformers counts it", () => {
    for (const [name, count] of Object.entries(golden.bart))
      assert.equal(totalCount(bartParts(bartPresets[name as keyof typeof bartPresets])), count, name);
  });

  it("GLM: within 1.5 per cent of what is printed", () => {
    for (const [name, config] of Object.entries(glmPresets)) {
      const { paper } = published[name]!;
      assert.ok(Math.abs(totalCount(glmParts(config)) / paper - 1) < 0.015, name);
    }
  });

  it("BERT and MiniLM: as transformers counts them, with the pooler and with all heads", () => {
    for (const [name, counts] of Object.entries(golden.bert)) {
      const config = bertPresets[name as keyof typeof bertPresets];
      assert.equal(totalCount(bertParts(config)), counts.encoder, name);
      assert.equal(totalCount(bertParts(config, "pretraining")), counts.pretraining, name);
    }
  });

  it("GPT-3: within half a per cent of what its paper prints for all eight sizes", () => {
    const sizes = Object.entries(gptPresets).filter(([name]) => name.startsWith("gpt-3"));
    assert.equal(sizes.length, 8);
    for (const [name, config] of sizes) {
      const { paper } = published[name]!;
      const count = totalCount(gptParts(config));
      assert.ok(Math.abs(count / paper - 1) < 0.005, `${name}: ${count}, the paper has ${paper}`);
    }
  });
});
