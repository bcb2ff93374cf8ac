import assert from "node:assert/strict";
import fc from "fast-check";
import { assertNoLeaks, jit, tf, type EngineName } from "../../src/engine";
import { crossEntropy, embed, gelu, geluTanh, layerNorm, linear, logSoftmax, rmsNorm, softmaxMasked, takeLast } from "../../src/ops"; // prettier-ignore
import { eachEngine } from "../helpers/engines";
import { compiledSuite } from "../helpers/jitted";

const bool = (rows: number[][]) => tf.tensor2d(rows).cast("bool");
const list = async (tensor: tf.Tensor) => Array.from(await tensor.data());
const runs = (engine: EngineName) => ({ numRuns: engine === "webgpu" ? 10 : 40 });

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

/**
 * The value of an op and the gradient of its sum by each input, as lists; nothing may be left behind. Where the engine
 * compiles, the compiled op must give the same.
 */
async function evaluated(op: Op, ...inputs: tf.Tensor[]) {
  const both = (...xs: tf.Tensor[]) => {
    const { grads, value } = tf.valueAndGrads((...args) => op(...args).sum())(xs);
    value.dispose();
    return { y: tf.tidy(() => op(...xs)), grads };
  };
  const plain = await listed(assertNoLeaks(() => both(...inputs)));
  if (tf.getBackend() === "tensorflow") {
    const jitted = jit(both);
    const compiled = await listed(assertNoLeaks(() => jitted(...inputs)));
    [compiled.value, ...compiled.grads].forEach((got, i) => {
      near(got, [plain.value, ...plain.grads][i]!);
    });
    jitted.dispose();
  }
  tf.dispose(inputs);
  return plain;
}

async function listed({ y, grads }: { readonly y: tf.Tensor; readonly grads: tf.Tensor[] }) {
  const result = { value: await list(y), grads: await Promise.all(grads.map(list)) };
  tf.dispose([y, ...grads]);
  return result;
}

function near(got: readonly number[], wanted: readonly number[], tolerance = 1e-5): void {
  assert.equal(got.length, wanted.length);
  got.forEach((x, i) => {
    const error = Math.abs(x - (wanted[i] as number));
    assert.ok(
      x === wanted[i] || error <= tolerance * Math.max(1, Math.abs(wanted[i] as number)),
      `[${i}]: ${got} for ${wanted}`,
    );
  });
}

/** Ids 2, 5 and -1 in tables of 5: the first is right. */
const lookups = (start: tf.Tensor) => {
  const ids = start.add(tf.scalar(1, "int32"));
  return [
    embed(ids, tf.tensor2d([1, 2, 3, 4, 5], [5, 1])).reshape([3]),
    takeLast(tf.ones([3, 5]), ids),
    crossEntropy(tf.ones([3, 5]), ids),
  ];
};
const poisoned = [[3, NaN, NaN], [1, NaN, NaN], [NaN]]; // prettier-ignore

eachEngine("ops by hand", () => {
  it("linear: [1, 2] W + b, with the gradients that the transposes give", async () => {
    const w = tf.tensor2d([1, 0, 2, 0, 1, 3], [2, 3]);
    const { value, grads } = await evaluated((...a) => linear(a[0]!, a[1]!, a[2]!), tf.tensor2d([[1, 2]]), w, tf.tensor1d([10, 20, 30])); // prettier-ignore
    assert.deepEqual(value, [11, 22, 38]);
    assert.deepEqual(grads, [[3, 4], [1, 1, 1, 2, 2, 2], [1, 1, 1]]); // prettier-ignore
  });

  it("linear: leading axes are kept, also none and empty ones", () => {
    const shapes = tf.tidy(() =>
      [[4], [2, 4], [2, 3, 4], [0, 4]].map((shape) => linear(tf.ones(shape), tf.ones([4, 5])).shape),
    );
    assert.deepEqual(shapes, [[5], [2, 5], [2, 3, 5], [0, 5]]);
  });

  it("embed: rows by id; a row that is used twice gets both gradients, one that is not used gets 0", async () => {
    const ids = tf.tensor1d([2, 0, 2], "int32");
    const { value, grads } = await evaluated((table) => embed(ids, table!), tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2])); // prettier-ignore
    assert.deepEqual(value, [5, 6, 1, 2, 5, 6]);
    assert.deepEqual(grads, [[1, 1, 0, 0, 2, 2]]);
    ids.dispose();
  });

  it("takeLast: one element a row, the gradient goes there alone", async () => {
    const ids = tf.tensor1d([2, 0], "int32");
    const { value, grads } = await evaluated((x) => takeLast(x!, ids), tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])); // prettier-ignore
    assert.deepEqual(value, [3, 4]);
    assert.deepEqual(grads, [[0, 0, 1, 1, 0, 0]]);
    ids.dispose();
  });

  it("softmax of [0, log 2, log 3] is [1, 2, 3] / 6; its log likewise", async () => {
    const row = () => tf.tensor1d([0, Math.log(2), Math.log(3)]);
    near((await evaluated((x) => softmaxMasked(x!), row())).value, [1 / 6, 1 / 3, 1 / 2]);
    near((await evaluated((x) => logSoftmax(x!), row())).value, [1 / 6, 1 / 3, 1 / 2].map(Math.log));
  });

  it("norms of [3, 4]: layer norm gives -1 and 1, RMS norm x / sqrt(12.5)", async () => {
    const x = () => tf.tensor2d([[3, 4]]);
    const ln = await evaluated((...a) => layerNorm(a[0]!, a[1]!, a[2]!, 0), x(), tf.ones([2]), tf.zeros([2]));
    near(ln.value, [-1, 1]);
    const rms = await evaluated((...a) => rmsNorm(a[0]!, a[1]!, 0), x(), tf.ones([2]));
    near(rms.value, [3 / Math.sqrt(12.5), 4 / Math.sqrt(12.5)]);
  });

  it("GELU at 0 is 0 with slope 1/2; at 1 it is Phi(1)", async () => {
    const exact = await evaluated((x) => gelu(x!), tf.tensor1d([0, 1]));
    near(exact.value, [0, 0.8413447], 1e-6);
    near(exact.grads[0]!, [0.5, 1.0833155], 1e-5);
    const tanh = await evaluated((x) => geluTanh(x!), tf.tensor1d([0, 1]));
    near(tanh.value, [0, 0.841192], 1e-6);
  });
});

eachEngine("ops at the edges", (engine) => {
  it("GELU of 1e4 and -1e4 is x and 0, with slopes 1 and 0", async () => {
    for (const op of [gelu, geluTanh]) {
      const { value, grads } = await evaluated((x) => op(x!), tf.tensor1d([1e4, -1e4]));
      near(value, [1e4, 0]);
      near(grads[0]!, [1, 0]);
    }
  });

  it("logSoftmax of 1e4 and -1e4 stays finite, with its gradient", async () => {
    const { value, grads } = await evaluated((x) => logSoftmax(x!), tf.tensor2d([[1e4, -1e4, 0]]));
    near(value, [0, -2e4, -1e4]);
    near(grads[0]!, [-2, 1, 1]);
  });

  it("softmaxMasked: a row with nothing allowed gives zeros and passes no gradient, beside one that is allowed", async () => {
    const mask = bool([[0, 0, 0], [1, 0, 1]]); // prettier-ignore
    const scores = tf.tensor2d([[1e4, -1e4, 5], [1e4, 3e38, 1e4]]); // prettier-ignore
    const weights = tf.tensor1d([1, 2, 4]);
    const { value, grads } = await evaluated((s) => softmaxMasked(s!, mask).mul(weights), scores);
    near(value, [0, 0, 0, 0.5, 0, 2]);
    near(grads[0]!, [0, 0, 0, -0.75, 0, 0.75]);
    tf.dispose([mask, weights]);
  });

  it("softmaxMasked: the mask is stretched over heads, and changes nothing where all is allowed", async () => {
    const scores = tf.randomNormal([2, 3, 4, 4], 0, 1, "float32", 1);
    const [free, masked] = tf.tidy(() => [softmaxMasked(scores), softmaxMasked(scores, tf.ones([1, 4]).cast("bool"))]) as [tf.Tensor, tf.Tensor]; // prettier-ignore
    near(await list(masked), await list(free), 1e-6);
    tf.dispose([scores, free, masked]);
  });

  it("crossEntropy: ignored labels pass no gradient, also with an infinite surprise; all ignored is 0 with no gradient", async () => {
    const labels = tf.tensor1d([1, -100, 0], "int32");
    const logits = tf.tensor2d([[0, 0], [-Infinity, 0], [0, 0]]); // prettier-ignore
    const { value, grads } = await evaluated((x) => crossEntropy(x!, labels), logits);
    near(value, [Math.LN2]);
    near(grads[0]!, [0.25, -0.25, 0, 0, -0.25, 0.25]);
    const ignored = tf.tensor1d([7, 7], "int32");
    const none = await evaluated((x) => crossEntropy(x!, ignored, { ignoreIndex: 7 }), tf.ones([2, 3]));
    assert.deepEqual([none.value, none.grads], [[0], [[0, 0, 0, 0, 0, 0]]]);
    tf.dispose([labels, ignored]);
  });

  it("norms of a constant row pass finite gradients", async () => {
    const ln = await evaluated((...a) => layerNorm(a[0]!, a[1]!, a[2]!), tf.fill([2, 4], 1e4), tf.ones([4]), tf.zeros([4])); // prettier-ignore
    const rms = await evaluated((...a) => rmsNorm(a[0]!, a[1]!), tf.zeros([2, 4]), tf.ones([4]));
    for (const numbers of [ln.value, ...ln.grads, rms.value, ...rms.grads])
      assert.ok(numbers.every(Number.isFinite), String(numbers));
  });

  it("an id out of range that already lies on a graphics card cannot throw: its row is NaN, the others are right", async () => {
    const start = tf.tensor1d([1, 4, -2], "int32");
    if (engine !== "webgpu") {
      // Everywhere else a computed id can be read, and throws.
      assert.throws(() => tf.tidy(() => lookups(start)), /embed: ids\[1\] is 5, outside 0 to 4/);
      start.dispose();
      return;
    }
    // tfjs computes small tensors on the host, where they can be read at once; here they must lie on the card.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    const got = tf.tidy(() => lookups(start));
    tf.env().set("WEBGPU_CPU_FORWARD", true);
    assert.deepEqual(await Promise.all(got.map(list)), poisoned);
    tf.dispose([start, got]);
  });
});

compiledSuite("ops at the edges (tensorflow, jit)", () => {
  it("an id out of range cannot throw in a compiled function: its row is NaN, the others are right", async () => {
    const start = tf.tensor1d([1, 4, -2], "int32");
    const f = jit(lookups);
    const got = f(start);
    assert.deepEqual(await Promise.all(got.map(list)), poisoned);
    tf.dispose([start, got]);
    f.dispose();
  });
});

eachEngine("properties of ops", (engine) => {
  const row = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 2, maxLength: 8 });

  it("logSoftmax is the log of softmaxMasked, and both ignore a shift", async () => {
    const property = fc.asyncProperty(row, fc.integer({ min: -30, max: 30 }), async (scores, shift) => {
      const got = tf.tidy(() => [
        softmaxMasked(tf.tensor1d(scores)).log(),
        logSoftmax(tf.tensor1d(scores)),
        logSoftmax(tf.tensor1d(scores.map((x) => x + shift))),
      ]);
      const [log, direct, moved] = (await Promise.all(got.map(list))) as [number[], number[], number[]];
      near(direct, log, 1e-4);
      near(moved, direct, 1e-4);
      tf.dispose(got);
    });
    await fc.assert(property, runs(engine));
  });

  it("crossEntropy is minus logSoftmax at the label", async () => {
    const property = fc.asyncProperty(row, fc.nat(), async (scores, pick) => {
      const label = pick % scores.length;
      const got = tf.tidy(() => {
        const logits = tf.tensor2d([scores]);
        const labels = tf.tensor1d([label], "int32");
        return [crossEntropy(logits, labels), takeLast(logSoftmax(logits), labels).neg().sum()];
      });
      const [loss, wanted] = (await Promise.all(got.map(list))) as [number[], number[]];
      near(loss, wanted, 1e-4);
      tf.dispose(got);
    });
    await fc.assert(property, runs(engine));
  });

  it("layerNorm gives mean 0 and variance 1 and ignores shift and scale; rmsNorm ignores scale", async () => {
    const property = fc.asyncProperty(row, fc.integer({ min: 2, max: 9 }), async (values, scale) => {
      fc.pre(Math.max(...values) - Math.min(...values) > 0.5);
      const n = values.length;
      const got = tf.tidy(() => {
        const x = tf.tensor2d([values]);
        const [gain, bias] = [tf.ones([n]), tf.zeros([n])] as [tf.Tensor, tf.Tensor];
        return [
          layerNorm(x, gain, bias, 1e-9),
          layerNorm(x.mul(scale).add(3), gain, bias, 1e-9),
          rmsNorm(x, gain, 1e-9),
          rmsNorm(x.mul(scale), gain, 1e-9),
        ];
      });
      const [ln, moved, rms, scaled] = (await Promise.all(got.map(list))) as number[][];
      const mean = ln!.reduce((sum, y) => sum + y, 0) / n;
      near([mean, ln!.reduce((sum, y) => sum + y * y, 0) / n], [0, 1], 1e-4);
      near(moved!, ln!, 1e-3);
      near(scaled!, rms!, 1e-4);
      tf.dispose(got);
    });
    await fc.assert(property, runs(engine));
  });
});
