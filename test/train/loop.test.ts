import assert from "node:assert/strict";
import { countLeaks, flattenTensors, integer, makeRng, tf, useEngine } from "../../src/engine";
import type { Rng } from "../../src/engine";
import { randomBatch, type LmBatch } from "../../src/data";
import { gpt, type GptConfig, type GptParams, initGpt } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { disposeTraining, startTraining, train, type TrainConfig, TrainingError, type TrainRecord } from "../../src/train"; // prettier-ignore
import { eachEngine } from "../helpers/engines";

const config: GptConfig = { vocabSize: 8, context: 8, dModel: 16, nLayer: 1, nHead: 2, order: "pre", rate: 0.1 }; // prettier-ignore
/** A text in which each id is the one before plus 1 or 2, so there is something to learn: ln 2 nats are left. */
const stream = (() => {
  const rng = makeRng(3);
  const ids = new Int32Array(400);
  for (let i = 1; i < ids.length; i++) ids[i] = ((ids[i - 1] as number) + 1 + integer(rng, 2)) % 8;
  return ids;
})();
const batch = (_step: number, rng: Rng): LmBatch => randomBatch(stream, { batch: 4, length: 8 }, rng);
type Run = TrainConfig<GptParams, LmBatch>;
const loss: Run["loss"] = (params, { inputs, labels }, ctx) =>
  crossEntropy(gpt(params, config, inputs, ctx), labels);
const lm = (more: Partial<Run> = {}, seed = 7): Run => {
  const state = startTraining(initGpt(config, makeRng(1)), seed);
  return { state, loss, batch, steps: 5, schedule: 3e-3, ...more };
};

async function all(run: AsyncGenerator<TrainRecord>): Promise<TrainRecord[]> {
  const records: TrainRecord[] = [];
  for await (const record of run) records.push(record);
  return records;
}

async function numbersOf(tree: unknown): Promise<number[]> {
  const values = await Promise.all(flattenTensors(tree).leaves.map((leaf) => leaf.data()));
  return values.flatMap((each) => Array.from(each));
}

eachEngine("train", (engine) => {
  const slow = engine === "cpu" || engine === "webgpu";
  let before = 0;
  beforeEach(() => void (before = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before, "tensors are left"));

  it("tells of each step, learns, and leaves the trained parameters in the state", async () => {
    const steps = slow ? 30 : 200;
    const evaluate = { every: 10, batches: [0, 1].map((i) => batch(0, makeRng(100 + i))) };
    const run = lm({ steps, evaluate, schedule: { kind: "cosine", peak: 1e-2, warmup: 5, steps } });
    const records = await all(train(run));
    assert.deepEqual(records.map(({ step }) => step), Array.from({ length: steps }, (_, i) => i + 1)); // prettier-ignore
    assert.equal(run.state.step, steps);
    assert.ok(Math.abs((records[0] as TrainRecord).loss - Math.log(8)) < 0.1);
    records.forEach((record) => {
      assert.equal(record.validation !== undefined, record.step % 10 === 0, `step ${record.step}`);
      assert.ok(record.gradNorm > 0 && record.tokensPerSecond > 0 && record.seconds > 0);
    });
    assert.equal((records[4] as TrainRecord).learningRate, (1e-2 * 5) / 6);
    const { validation } = records.at(-1) as TrainRecord;
    assert.ok((validation as number) < (slow ? 1.8 : 0.9), `${validation}`);
    disposeTraining(run.state);
  });

  it("the same seed gives the same run; dropout and batches have numbers of their own for each step", async () => {
    const losses = async (more: Partial<Run> = {}, seed = 7): Promise<number[]> => {
      const run = lm({ steps: 3, ...more }, seed);
      const records = await all(train(run));
      disposeTraining(run.state);
      return records.map((record) => record.loss);
    };
    const first = await losses();
    assert.deepEqual(await losses(), first);
    assert.notDeepEqual(await losses({}, 8), first);
    // One batch over and over, and a rate so small that nothing is learned: what changes is dropout.
    const same = await losses({ batch: () => batch(0, makeRng(5)), schedule: 1e-12 });
    assert.equal(new Set(same).size, 3);
  });

  it("a run in two parts is the run in one", async () => {
    const [whole, parts] = [lm({ steps: 6 }), lm({ steps: 3 })];
    const expected = await all(train(whole));
    const got = [...(await all(train(parts))), ...(await all(train({ ...parts, steps: 6 })))];
    const [a, b] = [await numbersOf(parts.state.params), await numbersOf(whole.state.params)];
    a.push(...got.map((each) => each.loss));
    b.push(...expected.map((each) => each.loss));
    // A graphics card adds up the gradients of a table's rows in any order, so its last digit is not the same twice.
    if (engine === "webgpu") a.forEach((x, i) => assert.ok(Math.abs(x - (b[i] as number)) < 1e-4));
    else assert.deepEqual(a, b);
    disposeTraining(whole.state);
    disposeTraining(parts.state);
  });
});

describe("train: stops", function () {
  this.timeout(300_000);
  before(async () => void (await useEngine({ engine: "cpu" })));
  const w = () => ({ w: tf.tensor1d([1, 2]) });
  type Line = { w: tf.Tensor };
  const line = (more: Partial<TrainConfig<Line, { x: tf.Tensor }>> = {}) => ({
    state: startTraining<Line>(w()),
    loss: ({ w }: Line, { x }: { x: tf.Tensor }) => tf.sum(tf.square(w.sub(x))) as tf.Scalar,
    batch: () => ({ x: tf.tensor1d([0, 0]) }),
    steps: 10,
    schedule: 0.1,
    ...more,
  });

  it("at a signal or when a function says so, after the step, with a checkpoint", async () => {
    const saves: number[] = [];
    const controller = new AbortController();
    const save = ({ step }: { step: number }) => void saves.push(step);
    const run = line({ stop: controller.signal, checkpoint: { every: 2, save } });
    for await (const { step } of train(run)) if (step === 3) controller.abort();
    assert.deepEqual([run.state.step, saves], [3, [2, 3]]);
    let asked = 0;
    const again = { ...run, stop: () => ++asked > 2 };
    await all(train(again));
    assert.deepEqual([run.state.step, saves], [5, [2, 3, 4, 5]]);
    disposeTraining(run.state);
  });

  it("gives way to the process after each step, and a loop that breaks leaves nothing behind", async () => {
    const before = tf.memory().numTensors;
    const run = line();
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    for await (const { step } of train({ ...run, steps: 1000 })) if (turns >= 3 || step > 900) break;
    clearInterval(timer);
    assert.ok(turns >= 3);
    disposeTraining(run.state);
    assert.equal(tf.memory().numTensors, before);
  });

  for (const [reason, factor] of [
    ["loss is not finite", () => tf.scalar(NaN)],
    ["gradient is not finite", () => tf.sqrt(tf.scalar(0))],
  ] as const)
    it(`where the ${reason}: the step is named, the state stays as it was, the last checkpoint too`, async () => {
      const before = tf.memory().numTensors;
      const saves: number[] = [];
      let step = 0;
      const run = line({
        batch: (at) => {
          step = at;
          return { x: tf.tensor1d([0, 0]) };
        },
        // sqrt has an infinite slope at 0, so its value is fine and its gradient is not.
        loss: ({ w }, { x }) =>
          (step < 4
            ? tf.sum(tf.square(w.sub(x)))
            : reason === "loss is not finite"
              ? tf.sum(w).mul(factor())
              : tf.sum(tf.sqrt(w.sub(w)))) as tf.Scalar,
        checkpoint: { every: 2, save: (state) => void saves.push(state.step) },
      });
      await assert.rejects(all(train(run)), (error: TrainingError) => {
        assert.ok(error instanceof TrainingError);
        assert.deepEqual([error.reason, error.step], [reason, 4]);
        assert.match(
          error.message,
          /stopped in step 5: .*(NaN|Infinity).*learning rate of 0\.1.*Cure: a lower peak/,
        );
        return true;
      });
      assert.deepEqual([run.state.step, saves], [4, [2, 4]]);
      for (const x of await numbersOf(run.state.params)) assert.ok(Number.isFinite(x));
      disposeTraining(run.state);
      assert.equal(tf.memory().numTensors, before);
    });

  it("at once, where a field is wrong, naming it", async () => {
    const { result: wrong } = countLeaks(() => line());
    const cases: [object, RegExp][] = [
      [{ steps: 1.5 }, /train: steps must be a whole number from 0, got 1\.5/],
      [{ schedule: -1 }, /schedule must be a learning rate above 0/],
      [{ schedule: { kind: "cosine", peak: 1, steps: 0 } }, /schedule: steps must be a whole number above the warm-up's 0/],
      [{ evaluate: { every: 0, batches: [] } }, /evaluate\.every must be a whole number from 1/],
      [{ evaluate: { every: 1, batches: [] } }, /evaluate\.batches is empty/],
      [{ evaluate: { every: 1, batches: [{ x: tf.tensor1d([0, 0]) }] }, weight: () => tf.scalar(0), steps: 1 }, /no label counts in evaluate\.batches/],
      [{ checkpoint: { every: 0, save: () => undefined } }, /checkpoint\.every/],
      [{ clip: 0 }, /clipByGlobalNorm: the length must be above 0/],
      [{ accumulate: 3 }, /"x" \[2\] has no rows that go into 3 equal parts/],
    ]; // prettier-ignore
    for (const [more, message] of cases)
      await assert.rejects(all(train({ ...wrong, ...more } as typeof wrong)), message);
    disposeTraining(wrong.state);
  });
});
