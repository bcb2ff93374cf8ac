import assert from "node:assert/strict";
import fc from "fast-check";
import { assertNoLeaks, jit, tf, type EngineName } from "../../src/engine";
import { crossEntropy, embed, gelu, geluTanh, layerNorm, linear, logSoftmax, rmsNorm, softmaxMasked, takeLast } from "../../src/ops"; // prettier-ignore
import { golden } from "../helpers/corpora";
import { compiledSuite } from "../helpers/jitted";
import { eachEngine } from "../helpers/engines";

interface Golden {
  readonly shapes: readonly number[][];
  readonly value: readonly number[];
  readonly gradients: readonly number[][];
}

/** The inputs of test/golden/ops.py. */
function numbers(shape: readonly number[], seed: number, scale = 2): tf.Tensor {
  let state = seed;
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) / 2 ** 23 - 1) * scale;
  });
  return tf.tensor(values, [...shape]);
}

/** What the ops get beside the inputs that have gradients. */
const given = () => ({
  mask: tf.tidy(() => tf.tensor([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0], [4, 4]).cast("bool")),
  ids: tf.tensor2d([0, 4, 4, 2, 0, 1], [2, 3], "int32"),
  labels: tf.tensor2d([0, 6, 3, 2, -100, 1], [2, 3], "int32"),
});
type Given = ReturnType<typeof given>;
const T = (inputs: readonly tf.Tensor[], i: number) => inputs[i] as tf.Tensor;

const ops: Readonly<Record<string, (given: Given, ...inputs: tf.Tensor[]) => tf.Tensor>> = {
  linear: (_, x, w, b) => linear(x!, w!, b),
  embed: ({ ids }, table) => embed(ids, table!),
  softmaxMasked: ({ mask }, scores) => softmaxMasked(scores!, mask),
  logSoftmax: (_, x) => logSoftmax(x!),
  crossEntropy: ({ labels }, logits) => crossEntropy(logits!, labels),
  gelu: (_, x) => gelu(x!),
  geluTanh: (_, x) => geluTanh(x!),
  layerNorm: (_, x, gain, bias) => layerNorm(x!, gain!, bias!),
  rmsNorm: (_, x, gain) => rmsNorm(x!, gain!),
  takeLast: ({ ids }, x) => takeLast(x!, ids),
};

async function assertClose(
  got: tf.Tensor,
  expected: readonly number[],
  tolerance: number,
  what: string,
): Promise<void> {
  const values = await got.data();
  assert.equal(values.length, expected.length, what);
  values.forEach((value, i) => {
    const wanted = expected[i] as number;
    const error = Math.abs(value - wanted);
    assert.ok(
      error <= tolerance * Math.max(1, Math.abs(wanted)),
      `${what}[${i}]: got ${value}, expected ${wanted}`,
    );
  });
}

/** Finite differences of f32 have about three good digits; the golden ones are taken in float64. */
const tolerance = (engine: EngineName) => (engine === "webgpu" ? 2e-4 : 2e-5);

/** Calls a function of tensors in nested arrays and records: as it is, or compiled. */
type Call = <Args extends unknown[], Result extends tf.TensorContainer>(
  fn: (...args: Args) => Result,
  ...args: Args
) => Result;

const plainly: Call = (fn, ...args) => tf.tidy(() => fn(...args));
const compiled: Call = (fn, ...args) => {
  const jitted = jit(fn);
  try {
    return jitted(...args);
  } finally {
    jitted.dispose();
  }
};

function goldenTests(engine: EngineName, call: Call): void {
  const cases = golden<Record<string, Golden>>("ops");

  for (const [name, op] of Object.entries(ops)) {
    const { shapes, value, gradients } = cases[name] as Golden;

    it(`${name}: values as numpy has them in float64`, async () => {
      const inputs = shapes.map((shape, i) => numbers(shape, i + 1));
      const beside = given();
      const got = assertNoLeaks(() => call((more, xs) => op(more, ...xs), beside, inputs));
      await assertClose(got, value, tolerance(engine), name);
      tf.dispose([got, beside, inputs]);
    });

    it(`${name}: gradients as central finite differences in float64 have them`, async () => {
      const inputs = shapes.map((shape, i) => numbers(shape, i + 1));
      const beside = given();
      const gradientsOf = (more: Given, xs: tf.Tensor[]): tf.Tensor[] => {
        const loss = (...args: tf.Tensor[]) => {
          const y = op(more, ...args);
          return y.mul(numbers(y.shape, 99, 1)).sum() as tf.Scalar;
        };
        return tf.grads(loss)(xs);
      };
      const grads = assertNoLeaks(() => call(gradientsOf, beside, inputs));
      for (const [i, grad] of grads.entries()) {
        assert.deepEqual(grad.shape, inputs[i]?.shape);
        await assertClose(grad, gradients[i] as number[], tolerance(engine), `${name}, gradient ${i}`);
      }
      tf.dispose([grads, beside, inputs]);
    });
  }
}

compiledSuite("ops (tensorflow, jit)", () => goldenTests("tensorflow", compiled));

eachEngine("ops", (engine) => {
  goldenTests(engine, plainly);

  it("softmaxMasked: huge scores do not overflow, a row with nothing allowed is zero, -inf is masked", async () => {
    const rows = [[1e4, 1e4, -1e4], [-1e4, -1e4, -1e4], [3e38, 0, -3e38], [0, -Infinity, 0]]; // prettier-ignore
    const got = tf.tidy(() => softmaxMasked(tf.tensor2d(rows)));
    await assertClose(got, [0.5, 0.5, 0, 1 / 3, 1 / 3, 1 / 3, 1, 0, 0, 0.5, 0, 0.5], 1e-6, "softmax");
    const none = tf.tidy(() => softmaxMasked(tf.tensor2d([[1, 2]]), tf.tensor2d([[0, 0]]).cast("bool")));
    assert.deepEqual(Array.from(await none.data()), [0, 0]);
    tf.dispose([got, none]);
  });

  it("softmaxMasked: rows sum to 1 and do not change when a number is added to all scores (property)", async () => {
    const row = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 9 });
    const property = fc.asyncProperty(row, fc.integer({ min: -50, max: 50 }), async (scores, shift) => {
      const [p, moved] = tf.tidy(() => [
        softmaxMasked(tf.tensor1d(scores)),
        softmaxMasked(tf.tensor1d(scores.map((score) => score + shift))),
      ]) as [tf.Tensor, tf.Tensor];
      const values = await p.data();
      assert.ok(Math.abs(Array.from(values).reduce((sum, x) => sum + x, 0) - 1) < 1e-5);
      await assertClose(moved, Array.from(values), 1e-4, "shifted");
      tf.dispose([p, moved]);
    });
    await fc.assert(property, { numRuns: engine === "webgpu" ? 10 : 50 });
  });

  it("crossEntropy: equal logits give log V; huge logits stay finite; all ignored gives 0", async () => {
    const values = await Promise.all(
      tf
        .tidy(() => [
          crossEntropy(tf.zeros([2, 50]), tf.tensor1d([3, 49], "int32")),
          crossEntropy(tf.tensor2d([[1e4, -1e4]]), tf.tensor1d([1], "int32")),
          crossEntropy(tf.zeros([2, 50]), tf.tensor1d([-100, -100], "int32")),
        ])
        .map(async (loss) => (await loss.data())[0] as number),
    );
    assert.ok(Math.abs((values[0] as number) - Math.log(50)) < 1e-5);
    assert.ok(Math.abs((values[1] as number) - 2e4) < 1);
    assert.equal(values[2], 0);
  });

  it("norms: a constant row is no division by zero; numbers of 1e4 keep their digits", async () => {
    const ones = tf.ones([4]);
    const got = tf.tidy(() => [
      layerNorm(tf.fill([1, 4], 7), ones, tf.zeros([4])),
      rmsNorm(tf.zeros([1, 4]), ones),
      layerNorm(tf.tensor2d([[1e4, 1e4 + 1, 1e4 + 2, 1e4 + 3]]), ones, tf.zeros([4])),
    ]);
    await assertClose(T(got, 0), [0, 0, 0, 0], 1e-6, "layerNorm");
    await assertClose(T(got, 1), [0, 0, 0, 0], 1e-6, "rmsNorm");
    await assertClose(
      T(got, 2),
      [-1.3416355, -0.4472118, 0.4472118, 1.3416355],
      1e-3,
      "layerNorm of large numbers",
    );
    tf.dispose([...got, ones]);
  });

  it("an id out of range is an error that names it and its place", async () => {
    const table = tf.ones([5, 3]);
    // Ids that were just written can be read at once on every engine.
    const bad = tf.tensor2d([0, 1, 5, 2], [2, 2], "int32");
    assert.throws(() => embed(bad, table), /embed: ids\[1, 0\] is 5, outside 0 to 4/);
    const negative = tf.tensor1d([-1], "int32");
    assert.throws(() => takeLast(tf.ones([1, 4]), negative), /takeLast: ids\[0\] is -1, outside 0 to 3/);
    assert.throws(
      () => crossEntropy(tf.ones([1, 4]), tf.tensor1d([4], "int32")),
      /labels\[0\] is 4, outside 0 to 3/,
    );
    tf.dispose([table, bad, negative]);
  });

  it("wrong shapes and types name the op, the argument, the axis, what was expected and what came", () => {
    const wrong: [() => tf.Tensor, RegExp][] = [
      [
        () => linear(tf.ones([2, 3]), tf.ones([4, 5])),
        /linear: axis 1 of x must be 4 \(rows of weight\), got 3: \[2, 3\]/,
      ],
      [() => linear(tf.ones([2, 4]), tf.ones([4, 5]), tf.ones([4])), /linear: axis 0 of bias must be 5/],
      [() => embed(tf.ones([2]), tf.ones([4, 5])), /embed: ids must be int32, got float32/],
      [
        () => softmaxMasked(tf.ones([2, 3]), tf.ones([2, 4]).cast("bool")),
        /softmaxMasked: axis 1 of mask must be 3 or 1/,
      ],
      [
        () => crossEntropy(tf.ones([2, 3]), tf.tensor1d([0], "int32")),
        /crossEntropy: axis 0 of labels must be 2/,
      ],
      [() => layerNorm(tf.ones([2, 3]), tf.ones([4]), tf.ones([3])), /layerNorm: axis 0 of gain must be 3/],
      [() => rmsNorm(tf.ones([2, 3], "int32"), tf.ones([3])), /rmsNorm: x must be float32, got int32/],
    ];
    for (const [run, message] of wrong) assert.throws(() => tf.tidy(run), message);
  });
});
