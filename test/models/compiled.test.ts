import assert from "node:assert/strict";
import { fork, jit, makeRng, tf } from "../../src/engine";
import type { Rng } from "../../src/engine";
import { bert, bertMlm, bertNsp, glm, initBart, initBert, initGlm, initT5, t5, bart } from "../../src/models";
import type { BartConfig, BartParams, BertConfig, BertParams } from "../../src/models";
import type { GlmConfig, GlmParams, T5Config, T5Params } from "../../src/models";
import type { Context } from "../../src/nn";
import { crossEntropy } from "../../src/ops";
import { namedTensors } from "../../src/tree";
import { valueAndGradients } from "../../src/train";
import { assertSame, compiledSuite, wholes } from "../helpers/jitted";

interface Task {
  make(): object;
  /** Of ids and labels, int32 [2, 5]. */
  loss(params: object, ids: tf.Tensor, labels: tf.Tensor, ctx: Context): tf.Scalar;
  logits(params: object, ids: tf.Tensor): tf.Tensor;
}

const size = { vocabSize: 11, context: 8, dModel: 8, nLayer: 1, nHead: 2, rate: 0.2 };
const bertConfig: BertConfig = size;
const bartConfig: BartConfig = { ...size, attentionRate: 0.1 };
const glmConfig: GlmConfig = { ...size, order: "pre" };
const t5Config: T5Config = {
  ...size,
  headDim: 3,
  dFfn: 12,
  activation: "gegluTanh",
  tied: false,
  buckets: 8,
};
const layout = (batch: number, time: number): Parameters<typeof glm>[4] => ({
  positions: tf.range(0, time, 1, "int32").expandDims(0).tile([batch, 1]),
  blockPositions: tf.zeros([batch, time], "int32"),
  partA: tf.fill([batch], 2, "int32"),
});

const tasks: Record<string, Task> = {
  BERT: {
    make: () => initBert(bertConfig, makeRng(1)),
    loss(p, ids, labels, ctx) {
      const params = p as BertParams;
      const states = bert(params, bertConfig, ids, ctx, { mask: tf.notEqual(ids, tf.scalar(0, "int32")) });
      const next = crossEntropy(bertNsp(params, states), tf.tensor1d([0, 1], "int32"));
      return crossEntropy(bertMlm(params, bertConfig, states), labels).add(next) as tf.Scalar;
    },
    logits: (p, ids) => bertMlm(p as BertParams, bertConfig, bert(p as BertParams, bertConfig, ids)),
  },
  T5: {
    make: () => initT5(t5Config, makeRng(1)),
    loss: (p, ids, labels, ctx) => crossEntropy(t5(p as T5Params, t5Config, ids, ids, ctx), labels),
    logits: (p, ids) => t5(p as T5Params, t5Config, ids, ids),
  },
  BART: {
    make: () => initBart(bartConfig, makeRng(1)),
    loss: (p, ids, labels, ctx) => crossEntropy(bart(p as BartParams, bartConfig, ids, ids, ctx), labels),
    logits: (p, ids) => bart(p as BartParams, bartConfig, ids, ids),
  },
  GLM: {
    make: () => initGlm(glmConfig, makeRng(1)),
    loss: (p, ids, labels, ctx) =>
      crossEntropy(glm(p as GlmParams, glmConfig, ids, ctx, layout(2, 5)), labels),
    logits: (p, ids) => glm(p as GlmParams, glmConfig, ids, {}, layout(1, 2)),
  },
};

compiledSuite("encoders and encoder-decoders, compiled", () => {
  for (const [name, { make, loss, logits }] of Object.entries(tasks)) {
    it(`${name}: loss and gradients, with dropout, are those of eager execution`, () => {
      const step = (params: object, ids: tf.Tensor, labels: tf.Tensor, rng: Rng) =>
        valueAndGradients((p: object) => loss(p, ids, labels, { rng }), params);
      const compiled = jit(step, { name });
      tf.tidy(() => {
        const params = make();
        const [ids, labels] = [wholes([2, 5], 11, 3), wholes([2, 5], 11, 4)];
        for (const key of [1, 2]) {
          const rng = fork(makeRng(7), key);
          const wanted = namedTensors(step(params, ids, labels, rng));
          const got = namedTensors(compiled(params, ids, labels, rng));
          assert.deepEqual([...got.keys()], [...wanted.keys()]);
          for (const [each, tensor] of wanted) assertSame(got.get(each)!, tensor, 1e-5, `${name} ${each}`);
        }
      });
      compiled.dispose();
    });

    it(`${name}: an id that is unknown gives NaN, which cannot be overlooked`, () => {
      const compiled = jit((params: object, ids: tf.Tensor) => logits(params, ids), { name });
      tf.tidy(() => {
        const params = make();
        const good = compiled(params, tf.tensor2d([[1, 10]], undefined, "int32"));
        assert.ok(good.dataSync().every(Number.isFinite));
        const bad = compiled(params, tf.tensor2d([[1, 11]], undefined, "int32"));
        assert.ok(bad.dataSync().some(Number.isNaN));
      });
      compiled.dispose();
    });
  }
});
