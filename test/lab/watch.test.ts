import assert from "node:assert/strict";
import { tf, useEngine } from "../../src/engine";
import { lossCurve, lossFigure } from "../../src/lab";
import { disposeTraining, startTraining, train } from "../../src/train";
import { inFakeNotebook } from "./notebook";

/** A small run whose steps take a few milliseconds, so that the curve is drawn more than once. */
const run = (steps: number) => ({
  state: startTraining({ w: tf.tensor1d([3, -2]) }, 1),
  loss: ({ w }: { w: tf.Tensor }, { x }: { x: tf.Tensor }) => tf.mean(tf.square(w.sub(x))) as tf.Scalar,
  batch: () => ({ x: tf.tensor1d([1, 1]) }),
  steps,
  schedule: 0.1,
  evaluate: { every: 10, batches: [{ x: tf.tensor1d([1, 1]) }] },
});

describe("loss curves", function () {
  this.timeout(300_000);
  before(async () => void (await useEngine({ engine: "cpu" })));

  it("a cell draws while it trains: one output, updated, with both losses; all records come through", async () => {
    const config = run(40);
    const steps: number[] = [];
    const sent = await inFakeNotebook(async () => {
      for await (const { step } of lossCurve(train(config), { title: "w to 1" })) {
        steps.push(step);
        if (step % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 450));
      }
    });
    assert.deepEqual(steps, Array.from({ length: 40 }, (_, i) => i + 1)); // prettier-ignore
    assert.ok(sent.length >= 4, `${sent.length} drawings`);
    assert.deepEqual(sent.map(({ update }) => update), sent.map((_, i) => i > 0)); // prettier-ignore
    assert.equal(new Set(sent.map(({ id }) => id)).size, 1);
    const text = String(sent.at(-1)?.data["text/plain"]);
    assert.match(text, /w to 1[^]*batch[^]*validation/);
    disposeTraining(config.state);
    tf.dispose(config.evaluate.batches);
  });

  it("a run that fails, or is left, still shows what there was", async () => {
    const config = run(100);
    const sent = await inFakeNotebook(async () => {
      for await (const { step } of lossCurve(train(config))) if (step === 5) break;
    });
    assert.equal(config.state.step, 5);
    assert.match(String(sent.at(-1)?.data["text/html"]), /<img/);
    disposeTraining(config.state);
    tf.dispose(config.evaluate.batches);
  });

  it("without evaluations there is one line, and references are drawn", () => {
    const { text, svg = "" } = lossFigure([{ step: 1, loss: 4.2 }, { step: 2, loss: 4 }], { references: [{ value: Math.log(65), label: "ln 65" }] }); // prettier-ignore
    assert.ok(!text.includes("validation") && svg.includes("ln 65"));
  });
});
