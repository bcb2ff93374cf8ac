import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../src/engine";
import { activationKinds, kindOfActivation, listActivations } from "../../src/lens";
import type { ModelRun } from "../../src/lens";
import {
  bert,
  bertMlm,
  bertPooled,
  gpt,
  initBert,
  initGpt,
  initLlama,
  initT5,
  llama,
  t5,
} from "../../src/models";

// Sizes that all differ, so that no axis can pass for another.
const axes = { B: 2, T: 5, S: 5, C: 24, H: 4, K: 4, D: 6, F: 40, V: 13 };
const common = { vocabSize: axes.V, context: 7, dModel: axes.C, nLayer: 2, nHead: axes.H, dFfn: axes.F };
const attention = ["q", "k", "v", "scores", "pattern", "mixed", "out"].map((name) => `attn.${name}`);
const feed = ["ffn.hidden", "ffn.out"];
const preNorm = ["pre", "norm1", ...attention, "mid", "norm2", ...feed, "post"];
const postNorm = ["pre", ...attention, "norm1", "mid", ...feed, "norm2", "post"];
const blocks = (names: readonly string[]): string[] =>
  [0, 1].flatMap((i) => names.map((name) => `blocks.${i}.${name}`));

interface Shown {
  readonly model: string;
  readonly names: readonly string[];
  readonly sizes?: Partial<typeof axes>;
  make(): { params: object; run: ModelRun };
}

describe("names of activations", () => {
  let ids: tf.Tensor;
  before(async () => {
    await useEngine({ engine: "cpu" });
    ids = tf.fill([axes.B, axes.T], 3, "int32");
  });
  after(() => ids.dispose());

  const shown: readonly Shown[] = [
    {
      model: "GPT-2",
      names: ["embed", "positions", ...blocks(preNorm), "norm", "logits"],
      make() {
        const config = { ...common, order: "pre" } as const;
        const params = initGpt(config, makeRng(1));
        return { params, run: (ctx) => gpt(params, config, ids, ctx) };
      },
    },
    {
      model: "LLaMA with grouped heads",
      names: ["embed", ...blocks(preNorm), "norm", "logits"],
      sizes: { K: 2 },
      make() {
        const config = { ...common, nKvHead: 2, tied: true };
        const params = initLlama(config, makeRng(1));
        return { params, run: (ctx) => llama(params, config, ids, ctx) };
      },
    },
    {
      model: "BERT",
      names: ["embed", "segments", "positions", ...blocks(postNorm), "pooled", "logits"],
      make() {
        const params = initBert(common, makeRng(1));
        const run: ModelRun = (ctx) => {
          const states = bert(params, common, ids, ctx, { segments: tf.zerosLike(ids) });
          bertPooled(params, states, ctx);
          return bertMlm(params, common, states, ctx);
        };
        return { params, run };
      },
    },
  ];

  it("T5, encoder and decoder: every name is in the table, in its shape", () => {
    tf.tidy(() => {
      const config = { ...common, headDim: axes.D, activation: "relu", tied: true } as const;
      const params = initT5(config, makeRng(1));
      const list = listActivations((ctx) => t5(params, config, ids, ids, ctx));
      for (const stack of ["encoder", "decoder"])
        for (const name of preNorm)
          assert.ok(
            list.some((each) => each.name === `${stack}.blocks.1.${name}`),
            `${stack} shows ${name}`,
          );
      for (const { name, shape } of list) {
        const kind = kindOfActivation(name);
        assert.ok(kind, `${name} is in the table`);
        assert.deepEqual(
          shape,
          [...kind.shape].map((letter) => axes[letter as keyof typeof axes]),
          name,
        );
      }
    });
  });

  for (const { model, names, sizes, make } of shown) {
    it(`${model} shows what the table says, and in its shapes`, () => {
      tf.tidy(() => {
        const list = listActivations(make().run);
        assert.deepEqual(
          list.map(({ name }) => name),
          names,
        );
        for (const { name, shape } of list) {
          const kind = kindOfActivation(name);
          assert.ok(kind, `${name} is in the table`);
          const said = [...kind.shape].map((letter) => ({ ...axes, ...sizes })[letter as keyof typeof axes]);
          assert.deepEqual(shape, said, `${name} is ${kind.shape}`);
        }
      });
    });
  }

  it("the table has no name twice; encoders and decoders are found under their names, others are not", () => {
    const names = activationKinds.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.equal(kindOfActivation("blocks.11.attn.pattern")?.shape, "BHTS");
    assert.equal(kindOfActivation("decoder.blocks.0.cross.k")?.shape, "BKSD");
    assert.equal(kindOfActivation("encoder.embed")?.shape, "BTC");
    for (const wrong of ["blocks.0", "blocks.x.attn.q", "attn.q", "blocks.0.attn", ""])
      assert.equal(kindOfActivation(wrong), undefined, wrong);
  });
});
