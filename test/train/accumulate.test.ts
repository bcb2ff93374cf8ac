import assert from "node:assert/strict";
import { assertNoLeaks, jit, makeRng, normalTensor, tf } from "../../src/engine";
import { IGNORE } from "../../src/data";
import { gpt, type GptConfig, type GptParams, initGpt } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { flattenTensors } from "../../src/engine";
import { accumulatedGradients } from "../../src/train";
import { eachEngine } from "../helpers/engines";

const config: GptConfig = { vocabSize: 8, context: 6, dModel: 16, nLayer: 1, nHead: 2, order: "pre" };
type Batch = { readonly inputs: tf.Tensor; readonly labels: tf.Tensor };
const loss = (params: GptParams, { inputs, labels }: Batch) =>
  crossEntropy(gpt(params, config, inputs), labels);
const counted = ({ labels }: Batch) =>
  tf.sum(tf.notEqual(labels, tf.scalar(IGNORE, "int32")).cast("float32"));

async function close(got: unknown, wanted: unknown, what: string): Promise<void> {
  const [a, b] = [flattenTensors(got), flattenTensors(wanted)];
  assert.deepEqual(a.names, b.names);
  for (const [k, name] of a.names.entries()) {
    const [x, y] = [await (a.leaves[k] as tf.Tensor).data(), await (b.leaves[k] as tf.Tensor).data()];
    assert.equal(x.length, y.length);
    x.forEach((value, i) =>
      assert.ok(Math.abs(value - (y[i] as number)) <= 1e-6, `${what}: ${name}[${i}] ${value}, ${y[i]}`),
    );
  }
}

eachEngine("accumulatedGradients", (engine) => {
  for (const ignored of [false, true])
    it(`${ignored ? "labels that do not count, unevenly spread" : "all labels count"}: parts give loss and gradients of the whole batch, also compiled`, async () => {
      const params = initGpt(config, makeRng(1));
      const ids = Int32Array.from({ length: 24 }, (_, i) => (i * 5 + (i >> 2)) % 8);
      // The first row counts with one label, the others with more and more.
      const labels = ids.map((id, i) => (ignored && i % 6 > Math.floor(i / 6) ? IGNORE : (id * 3 + 1) % 8));
      const batch = { inputs: tf.tensor(ids, [4, 6], "int32"), labels: tf.tensor(labels, [4, 6], "int32") };
      const gradients = (parts: number) => (params: GptParams, batch: Batch) =>
        accumulatedGradients(loss, params, batch, { parts, ...(ignored ? { weight: counted } : {}) });
      const wanted = assertNoLeaks(() => gradients(1)(params, batch));
      for (const parts of engine === "webgpu" ? [2] : [2, 4]) {
        // Where nothing compiles, jit(f) is f; a software card takes ten seconds for each.
        const compiled = jit(gradients(parts));
        for (const run of engine === "tensorflow" ? [gradients(parts), compiled] : [compiled]) {
          const got = assertNoLeaks(() => run(params, batch));
          await close(got, wanted, `${parts} parts`);
          tf.dispose(got as unknown as tf.TensorContainer);
        }
        compiled.dispose();
      }
      tf.dispose([params, wanted, batch] as unknown as tf.TensorContainer);
    });

  it("the weight matters: with unevenly spread labels the plain mean of the parts is another number", async () => {
    const w = [tf.tensor1d([1])];
    const batch = { x: tf.tensor2d([1, 2, 4, 8], [4, 1]), n: tf.tensor1d([1, 1, 1, 0]) };
    const mean = ([w]: tf.Tensor[], { x, n }: { x: tf.Tensor; n: tf.Tensor }) =>
      tf
        .sum(
          x
            .reshape([-1])
            .mul(n)
            .mul(w as tf.Tensor),
        )
        .div(tf.sum(n)) as tf.Scalar;
    const value = async (weight?: (part: typeof batch) => tf.Tensor) => {
      const got = accumulatedGradients(mean, w, batch, { parts: 2, ...(weight ? { weight } : {}) });
      const [number] = await got.value.data();
      tf.dispose([got.value, got.gradients]);
      return number as number;
    };
    assert.ok(Math.abs((await value(({ n }) => tf.sum(n))) - 7 / 3) < 1e-6);
    assert.ok(Math.abs((await value()) - (1.5 + 4) / 2) < 1e-6);
    assert.equal(await value(() => tf.scalar(0)), 0); // nothing counts
    tf.dispose([w, batch]);
  });

  it("rows that do not go into the parts are named", () => {
    const w = [tf.tensor1d([1])];
    const x = normalTensor(makeRng(1), [3, 2]);
    const mean = ([w]: tf.Tensor[], { x }: { x: tf.Tensor }) => tf.mean(x.mul(w as tf.Tensor)) as tf.Scalar;
    const run = (parts: number) => tf.tidy(() => void accumulatedGradients(mean, w, { x }, { parts }));
    assert.throws(() => run(2), /"x" \[3, 2\] has no rows that go into 2 equal parts/);
    assert.throws(() => run(0.5), /parts must be a whole number from 1, got 0\.5/);
    tf.dispose([w, x]);
  });
});
