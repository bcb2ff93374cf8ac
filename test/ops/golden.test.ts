import { strict as assert } from "node:assert";
import { tf } from "../../src/engine";
import * as ops from "../../src/ops";
import golden from "../golden/ops.json";
import { assertClose } from "../helpers/close";
import { eachEngine, evaluate } from "../helpers/engines";
import { gradientsOf } from "../helpers/gradients";
import type { Op } from "../helpers/gradients";

interface Stored {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
}

/** Each op with its golden case: differentiable inputs first, the rest (ids, masks) after. */
const table: Record<keyof typeof golden, (rest: tf.Tensor[]) => Op> = {
  linear: () => (x, w, b) => ops.linear(x, w, b),
  embed: (rest) => (t) => ops.embed(rest[0], t),
  softmaxMasked: (rest) => (x) => ops.softmaxMasked(x, rest[0]),
  logSoftmax: () => (x) => ops.logSoftmax(x),
  crossEntropy: (rest) => (x) => ops.crossEntropy(x, rest[0]),
  gelu: () => (x) => ops.gelu(x),
  geluTanh: () => (x) => ops.geluTanh(x),
  layerNorm: () => (x, g, b) => ops.layerNorm(x, g, b),
  rmsNorm: () => (x, g) => ops.rmsNorm(x, g),
  takeLast: (rest) => (x) => ops.takeLast(x, rest[0]),
};

const load = ({ values, shape, dtype }: Stored) =>
  tf.tensor(values, shape, dtype as "float32" | "int32" | "bool");

describe("ops equal float64 references, value and gradient (test/golden/ops.py)", () => {
  eachEngine((engine) => {
    // SwiftShader computes exp and tanh to about 1e-5, which WebGPU allows.
    const tolerance =
      engine === "webgpu" ? { relative: 1e-4, absolute: 1e-5 } : { relative: 1e-5, absolute: 2e-6 };
    for (const name of Object.keys(table) as (keyof typeof golden)[]) {
      it(name, async () => {
        const stored = golden[name];
        const inputs = stored.inputs.map(load);
        const rest = (stored.rest as Stored[]).map(load);
        const weights = load(stored.weights);
        const op = table[name](rest);
        const { values, shape } = await evaluate(() => op(...inputs));
        const gradients = await gradientsOf(op, inputs, weights);
        tf.dispose([inputs, rest, weights]);
        assert.deepEqual(shape, stored.value.shape);
        assertClose(values, stored.value.values, "value", tolerance);
        gradients.forEach((g, i) => assertClose(g, stored.gradients[i].values, `gradient ${i}`, tolerance));
      });
    }
  });
});
