import assert from "node:assert/strict";
import { jit, makeRng, tf, useEngine } from "../../src/engine";
import {
  bertPresets,
  bertSizes,
  cacheBytesPerToken,
  forwardFlops,
  gpt,
  gptPresets,
  gptSizes,
} from "../../src/models";
import {
  initGpt,
  initLlama,
  llama,
  llamaPresets,
  llamaSizes,
  programFlops,
  ruleOfSix,
} from "../../src/models";
import { published, trainingFlops } from "../../src/models";
import type { GptConfig, LlamaConfig } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { valueAndGradients } from "../../src/train";
import { skipLoudly } from "../helpers/skip";

const close = (value: number, wanted: number, within: number): void =>
  assert.ok(Math.abs(value / wanted - 1) <= within, `${value} is not ${wanted} within ${within}`);

describe("FLOPs", () => {
  it("training GPT-3: 3.14e23 for 300 billion tokens, as in Brown 2020, table D.1", () => {
    close(ruleOfSix(published["gpt-3"]!.paper, 300e9), 3.14e23, 0.002);
  });

  it("the rule of six and the whole sum agree where a model is large and a text is short", () => {
    const { total, head, attention } = forwardFlops(gptSizes(gptPresets["gpt-3"]), 2048);
    close(total, 2 * published["gpt-3"]!.paper, 0.03);
    assert.ok(head / total < 0.01 && attention / total < 0.03);
  });

  it("attention in training: 12 L H Q T (Chowdhery 2022, appendix B), in any model", () => {
    const [L, H, Q, T] = [96, 96, 128, 2048];
    const sizes = gptSizes(gptPresets["gpt-3"]);
    assert.equal(trainingFlops(sizes, T) - trainingFlops(sizes, 0), 12 * L * H * Q * T);
  });

  it("the cache: LLaMA-2-70B with 8 heads of keys takes 320 KiB a token, with 64 eight times as much", () => {
    const config = llamaPresets["llama-2-70b"];
    assert.equal(cacheBytesPerToken(llamaSizes(config)), 2 * 80 * 8 * 128 * 2);
    assert.equal(cacheBytesPerToken(llamaSizes({ ...config, nKvHead: 64 })), 8 * 320 * 1024);
  });

  it("BERT: the same sum, 2 x 85 M weights a token and the rest", () => {
    assert.equal(forwardFlops(bertSizes(bertPresets["bert-base"]), 0).blocks, 2 * 12 * 12 * 768 ** 2);
  });
});

describe("FLOPs of compiled programs", function () {
  this.timeout(300_000);
  before(async function () {
    try {
      await useEngine({ engine: "tensorflow" });
    } catch (error) {
      skipLoudly(this, (error as Error).message, { failInCI: true });
    }
  });
  const [batch, time] = [2, 8];
  const size = { vocabSize: 13, context: time, dModel: 12, nLayer: 2, nHead: 4 };
  const gptConfig: GptConfig = { ...size, order: "pre" };
  const llamaConfig: LlamaConfig = { ...size, dModel: 16, nKvHead: 2, dFfn: 20, tied: false };

  it("GPT: the program's products are those of the formula, forward and in training", () => {
    tf.tidy(() => {
      const params = initGpt(gptConfig, makeRng(1));
      const ids = tf.zeros([batch, time], "int32");
      const sizes = gptSizes(gptConfig);
      const forward = jit((all: typeof params, x: tf.Tensor) => gpt(all, gptConfig, x));
      const wanted = batch * time * forwardFlops(sizes, time).total;
      assert.equal(programFlops(forward.lower(params, ids).text), wanted);
      forward.dispose();
    });
  });

  it("LLaMA: with grouped heads and a gate", () => {
    tf.tidy(() => {
      const params = initLlama(llamaConfig, makeRng(1));
      const ids = tf.zeros([batch, time], "int32");
      const forward = jit((all: typeof params, x: tf.Tensor) => llama(all, llamaConfig, x));
      const wanted = batch * time * forwardFlops(llamaSizes(llamaConfig), time).total;
      assert.equal(programFlops(forward.lower(params, ids).text), wanted);
      forward.dispose();
    });
  });

  it("the way back costs twice the way forward", () => {
    tf.tidy(() => {
      const params = initGpt(gptConfig, makeRng(1));
      const ids = tf.zeros([batch, time], "int32");
      const step = jit((all: typeof params, x: tf.Tensor) => {
        return valueAndGradients((each) => crossEntropy(gpt(each, gptConfig, x), x), all);
      });
      const wanted = batch * time * trainingFlops(gptSizes(gptConfig), time);
      assert.equal(programFlops(step.lower(params, ids).text), wanted);
      step.dispose();
    });
  });

  it("a product that cannot be read is an error", () => {
    assert.throws(() => programFlops("  %1 = stablehlo.dot_general %a, %b"), /cannot read: %1/);
  });
});
