import assert from "node:assert/strict";
import { assertNoLeaks, jit, makeRng, normalTensor, tf, useEngine } from "../../src/engine";
import type { Jitted } from "../../src/engine";
import { skipLoudly } from "./skip";

/** Tests of what XLA computes: they need native TensorFlow with a binding that compiles. No tensor may be left. */
export function compiledSuite(title: string, tests: () => void): void {
  describe(title, function () {
    this.timeout(300_000);
    let before = 0;
    this.beforeAll(async function () {
      try {
        const report = await useEngine({ engine: "tensorflow" });
        if (!report.jit) throw new Error("this TensorFlow cannot compile");
      } catch (error) {
        skipLoudly(this, (error as Error).message, { failInCI: true });
      }
    });
    this.beforeEach(() => void (before = tf.memory().numTensors));
    this.afterEach(() => assert.equal(tf.memory().numTensors, before, "tensors are left"));
    tests();
  });
}

export const valuesIn = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

/** A variable without its initial tensor. */
export function variable<A extends unknown[]>(make: (...args: A) => tf.Tensor, ...args: A): tf.Variable {
  return tf.tidy(() => tf.variable(make(...args)));
}

/** Frees what a test compiled. */
export function using<Args extends unknown[], Result>(
  jitted: Jitted<Args, Result>,
  test: (f: Jitted<Args, Result>) => void,
): void {
  try {
    tf.tidy(() => test(jitted));
  } finally {
    jitted.dispose();
  }
}

/** Normal numbers that a seed determines. */
export function numbers(shape: readonly number[], seed = 1): tf.Tensor {
  return normalTensor(makeRng(seed), shape as number[]);
}

/** Whole numbers 0 .. below - 1 that a seed determines. */
export function wholes(shape: readonly number[], below: number, seed = 1): tf.Tensor {
  return tf.tidy(() =>
    tf.mod(tf.round(numbers(shape, seed).mul(1000)).cast("int32"), tf.scalar(below, "int32")),
  );
}

/** Relative to the largest number, so that sums that cancel do not count as errors. 0: the same bits. */
export function assertSame(got: tf.Tensor, wanted: tf.Tensor, tolerance: number, what: string): void {
  assert.deepEqual(got.shape, wanted.shape, `${what}: shape`);
  assert.equal(got.dtype, wanted.dtype, `${what}: type`);
  const [a, b] = [got.dataSync(), wanted.dataSync()];
  const scale = Array.from(b).reduce(
    (most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most),
    1,
  );
  for (let i = 0; i < b.length; i++) {
    const same = Object.is(a[i], b[i]) || a[i] === b[i] || Math.abs(a[i]! - b[i]!) <= tolerance * scale;
    if (!same) assert.fail(`${what}[${i}] of [${wanted.shape.join(", ")}]: jit ${a[i]}, eager ${b[i]}`);
  }
}

/** Relative to each number alone: for numbers of very different sizes. Below 1e-30 differences do not count. */
export function assertNear(got: tf.Tensor, wanted: tf.Tensor, tolerance: number, what: string): void {
  assert.deepEqual(got.shape, wanted.shape, `${what}: shape`);
  assert.equal(got.dtype, wanted.dtype, `${what}: type`);
  const [a, b] = [got.dataSync(), wanted.dataSync()];
  for (let i = 0; i < b.length; i++) {
    const near = Object.is(a[i], b[i]) || Math.abs(a[i]! - b[i]!) <= tolerance * Math.abs(b[i]!) + 1e-30;
    assert.ok(near || a[i] === b[i], `${what}[${i}]: jit ${a[i]}, eager ${b[i]}`);
  }
}

type Op = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** The op gives the same eager and jitted, for these inputs, which are disposed. */
export function sameValues(
  what: string,
  op: Op,
  inputs: readonly tf.Tensor[],
  tolerance = 0,
  compare = assertSame,
): void {
  const jitted = jit((...args: tf.Tensor[]) => op(...args), { name: what });
  try {
    tf.tidy(() => {
      const wanted = [op(...inputs)].flat();
      // The first call also makes what the program keeps until it is disposed: long constants.
      const got = [jitted(...inputs)].flat();
      assertNoLeaks(() => jitted(...inputs));
      assert.equal(got.length, wanted.length, `${what}: results`);
      got.forEach((each, i) => compare(each, wanted[i]!, tolerance, what));
    });
  } finally {
    tf.dispose(inputs as tf.Tensor[]);
    jitted.dispose();
  }
}

/** And so are the gradients of a weighted sum of its result, with respect to all inputs. */
export function sameGradients(what: string, op: Op, inputs: readonly tf.Tensor[], tolerance = 1e-5): void {
  tf.tidy(() => {
    const weights = [op(...inputs)].flat().map((out, i) => numbers(out.shape, 90 + i));
    const loss = (...args: tf.Tensor[]): tf.Scalar =>
      [op(...args)]
        .flat()
        .map((out, i) => tf.sum(tf.mul(out, weights[i]!)))
        .reduce((a, b) => tf.add(a, b)) as tf.Scalar;
    sameValues(`gradient of ${what}`, (...args) => tf.grads(loss)(args), inputs, tolerance);
  });
}
