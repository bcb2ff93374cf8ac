import assert from "node:assert/strict";
import { configs, shakespeareBatches } from "../../bench/train/config";
import { gptStep, initGpt } from "../../bench/train/gpt";
import { countLeaks, jit, tf } from "../../src/engine";
import { initAdamW } from "../../src/train";
import { disposeTree } from "../../src/tree";
import { compiledSuite } from "../helpers/jitted";

const config = configs.small;
const steps = 50;

compiledSuite("the bench's GPT, op by op and compiled", () => {
  /** Trains from one seed and gives the losses; nothing is left behind. */
  function train(step: ReturnType<typeof gptStep>): number[] {
    const batches = shakespeareBatches(config, steps).map(({ x, y }) =>
      [x, y].map((ids) => tf.tensor2d([...ids], [config.batch, config.context], "int32")),
    ) as [tf.Tensor, tf.Tensor][];
    const { result, tensors, shapes } = countLeaks(() => {
      let params = initGpt(config);
      let state = initAdamW(params);
      const losses: number[] = [];
      for (const [x, y] of batches) {
        const next = step(params, state, x, y);
        losses.push(next.loss.dataSync()[0] as number);
        disposeTree([params, state, next.loss]);
        ({ params, state } = next);
      }
      disposeTree([params, state]);
      return losses;
    });
    tf.dispose(batches);
    assert.deepEqual([tensors, shapes], [0, {}]);
    return result;
  }

  it(`${steps} steps from one seed: the same losses within 1e-4, one program, no tensor left behind`, () => {
    const eager = train(gptStep(config));
    const compiled = jit(gptStep(config));
    const jitted = train(compiled);
    assert.equal(jitted.length, steps);
    jitted.forEach((loss, i) => {
      const wanted = eager[i] as number;
      assert.ok(Math.abs(loss - wanted) <= 1e-4, `step ${i + 1}: jit ${loss}, eager ${wanted}`);
    });
    const { misses, hits } = compiled.cacheInfo();
    assert.deepEqual([misses, hits], [1, steps - 1]);
    // 65 letters, all as likely: ln 65 = 4.17. Fifty steps learn how often each letter comes.
    assert.ok(Math.abs((eager[0] as number) - Math.log(65)) < 0.1 && (eager[steps - 1] as number) < 2.9, `${eager[0]} to ${eager[steps - 1]}`); // prettier-ignore
    compiled.dispose();
  });

  it("2,000 compiled steps: no tensor and no memory more than after 200", () => {
    const tiny = { ...config, layers: 1, heads: 2, width: 16, context: 8, batch: 2 };
    const step = jit(gptStep(tiny));
    const ids = tf.tidy(() => tf.range(0, 16, 1, "int32").reshape([2, 8])); // [B, T]
    let params = initGpt(tiny);
    let state = initAdamW(params);
    const memory = (): number[] => [tf.memory().numTensors, tf.memory().numBytes, process.memoryUsage.rss()];
    let early = memory();
    for (let i = 1; i <= 2000; i++) {
      const next = step(params, state, ids, ids);
      disposeTree([params, state, next.loss]);
      ({ params, state } = next);
      if (i === 200) early = memory();
    }
    const late = memory();
    assert.deepEqual(late.slice(0, 2), early.slice(0, 2));
    const grown = ((late[2] as number) - (early[2] as number)) / 2 ** 20;
    assert.ok(grown < 24, `${grown.toFixed(1)} MiB more; one copy of the state a step would be ${((early[1] as number) * 1800) / 2 ** 20}`); // prettier-ignore
    disposeTree([params, state, ids]);
    step.dispose();
  });
});
