import assert from "node:assert/strict";
import { makeRng, normalTensor, tf } from "../../src/engine";
import { deepNorm, deepNormPair, ffn, initFfn, residual, scaleDeepNorm } from "../../src/nn";
import type { FfnParams, Order } from "../../src/nn";
import { layerNorm } from "../../src/ops";
import { eachEngine } from "../helpers/engines";

const near = (value: number, wanted: number): void =>
  assert.ok(Math.abs(value - wanted) < 1e-5, `${value} is not ${wanted}`);

describe("DeepNorm's constants (Wang 2022, figure 2)", () => {
  it("one stack of 8: alpha 16^(1/4) = 2, beta 64^(-1/4) = 0.35355", () => {
    near(deepNorm(8).alpha, 2);
    near(deepNorm(8).beta, 0.3535534);
  });

  it("16 and 16: the encoder 0.81 and 0.87 around 2^(5/4), the decoder 48^(1/4) and 192^(-1/4)", () => {
    const { encoder, decoder } = deepNormPair(16, 16);
    near(encoder.alpha, 1.9265155);
    near(encoder.beta, 0.36579);
    near(decoder.alpha, 2.632148);
    near(decoder.beta, 0.2686424);
  });

  it("both depths count for the encoder, its own for the decoder", () => {
    assert.notEqual(deepNormPair(6, 6).encoder.alpha, deepNormPair(6, 12).encoder.alpha);
    assert.equal(deepNormPair(6, 6).decoder.alpha, deepNormPair(12, 6).decoder.alpha);
  });

  it("no stack of 0 or 2.5 layers", () => {
    for (const layers of [0, 2.5, -1, NaN]) assert.throws(() => deepNorm(layers), /whole number from 1 on/);
    assert.throws(() => deepNormPair(6, 0), /got 0/);
  });
});

eachEngine("DeepNorm in a stack", () => {
  const width = 16;
  const start = (i: number): FfnParams =>
    initFfn(makeRng(i), {
      dModel: width,
      dFfn: 32,
      activation: "relu",
      bias: true,
      deviation: (2 / 48) ** 0.5,
    });

  /** The length of the gradient of the last part's second weights in a stack of feed-forward parts. */
  async function lastGradient(order: Order, layers: number): Promise<number> {
    const { alpha, beta } = order === "deep" ? deepNorm(layers) : { alpha: 1, beta: 1 };
    const length = tf.tidy(() => {
      const [gain, bias] = [tf.ones([width]), tf.zeros([width])];
      const parts = Array.from({ length: layers }, (_, i) => scaleDeepNorm(start(i), beta));
      const [x, target] = [1, 2].map((seed) => normalTensor(makeRng(100 + seed), [1, 32, width]));
      const loss = (weight: tf.Tensor): tf.Scalar => {
        let y = x!;
        parts.forEach((part, i) => {
          const own = i === layers - 1 ? { ...part, down: { ...part.down, weight } } : part;
          const normalise = (z: tf.Tensor): tf.Tensor => layerNorm(z, gain, bias, 1e-5);
          y = residual(order, y, (z) => ffn(own, z, "relu"), normalise, alpha);
        });
        return y.sub(target!).square().mean();
      };
      return tf.grad(loss)(parts.at(-1)!.down.weight).norm();
    });
    const [value] = await length.data();
    length.dispose();
    return value!;
  }

  it("four times as deep: half the gradient (1 / sqrt(L)), where Post-LN's does not fall", async () => {
    const before = tf.memory().numTensors;
    const falls = async (order: Order): Promise<number> =>
      (await lastGradient(order, 6)) / (await lastGradient(order, 24));
    const [deep, post] = [await falls("deep"), await falls("post")];
    assert.equal(tf.memory().numTensors, before);
    assert.ok(deep > 1.7 && deep < 2.3, `deep: falls ${deep} times`);
    assert.ok(post > 0.7 && post < 1.4, `post: falls ${post} times`);
  });

  it("scales values, outputs and feed-forward weights, and nothing else", () => {
    tf.tidy(() => {
      const one = (): { weight: tf.Tensor; bias: tf.Tensor } => ({
        weight: tf.ones([2]),
        bias: tf.ones([2]),
      });
      const tree = {
        attn: { q: one(), k: one(), v: one(), out: one() },
        ffn: { up: one(), down: one() },
        norm1: { gain: tf.ones([2]) },
      };
      const scaled = scaleDeepNorm(tree, 0.5);
      const changed = Object.entries({ ...scaled.attn, ...scaled.ffn })
        .filter(([, { weight }]) => weight.dataSync()[0] === 0.5)
        .map(([name]) => name);
      assert.deepEqual(changed, ["v", "out", "up", "down"]);
      assert.equal(scaled.attn.v.bias, tree.attn.v.bias);
      assert.equal(scaled.norm1.gain, tree.norm1.gain);
    });
  });
});
