import { strict as assert } from "node:assert";
import { tf, useEngine } from "../../src/engine";
import type { EngineName } from "../../src/engine";
import { skipLoudly } from "./skip";

/** The engines of Node. WebGPU may run on a software adapter here (Chromium's SwiftShader): right, and slow. */
const engines: readonly EngineName[] = ["tensorflow", "webgpu", "wasm", "cpu"];

/**
 * The same tests on every engine: `eachEngine((engine) => { it(...) })`. An engine that this machine lacks is skipped
 * with its reason (on CI that is a failure, but for the graphics card). Each test must leave as many tensors as it found.
 */
export function eachEngine(tests: (engine: EngineName) => void): void {
  for (const engine of engines) {
    describe(`on ${engine}`, () => {
      before(async function () {
        try {
          await useEngine({ engine });
        } catch (error) {
          skipLoudly(this, (error as Error).message, { failInCI: engine !== "webgpu" });
        }
      });
      let tensors = 0;
      beforeEach(() => {
        tensors = tf.memory().numTensors;
      });
      afterEach(() => {
        assert.equal(tf.memory().numTensors - tensors, 0, "tensors that the test left behind");
      });
      after(() => tf.setBackend("cpu"));
      tests(engine);
    });
  }
}

/** A tensor's values, read in the way that works on every engine. */
export async function valuesOf(tensor: tf.Tensor): Promise<number[]> {
  return Array.from(await tensor.data());
}

/** Values and shape of what `make` returns; every tensor made on the way is disposed. */
export async function evaluate(make: () => tf.Tensor): Promise<{ values: number[]; shape: number[] }> {
  const tensor = tf.tidy(make);
  const values = await valuesOf(tensor);
  tensor.dispose();
  return { values, shape: tensor.shape };
}
