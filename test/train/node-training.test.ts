import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flattenTensors, makeRng, tf, useEngine } from "../../src/engine";
import { encodeSafetensors } from "../../src/checkpoints";
import { disposeTraining, startTraining, train, type Training } from "../../src/train";
import { loadTraining, saveTraining } from "../../src/train/node";
import { normalTensor } from "../../src/engine";
import { eachEngine } from "../helpers/engines";

type Params = { readonly w: tf.Tensor; readonly deep: readonly { readonly b: tf.Tensor }[] };
const params = (rows = 3): Params => ({
  w: normalTensor(makeRng(1), [rows, 2]),
  deep: [{ b: tf.zeros([2]) }],
});
const config = (state: Training<Params>) => ({
  state,
  loss: ({ w, deep: [first] }: Params, { x }: { x: tf.Tensor }) =>
    tf.mean(
      tf.square(
        tf
          .matMul(x, w)
          .add((first as { b: tf.Tensor }).b)
          .sub(1),
      ),
    ) as tf.Scalar,
  batch: (_: number, rng: ReturnType<typeof makeRng>) => ({ x: normalTensor(rng, [4, 3]) }),
  schedule: { kind: "cosine", peak: 0.05, warmup: 3, steps: 20 } as const,
});
async function run(state: Training<Params>, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for await (const { loss } of train({ ...config(state), steps })) losses.push(loss);
  return losses;
}
async function numbersOf(state: Training<Params>): Promise<number[]> {
  const { leaves } = flattenTensors([state.params, state.optimizer]);
  return (await Promise.all(leaves.map((leaf) => leaf.data()))).flatMap((each) => Array.from(each));
}

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "training-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

eachEngine("checkpoints of a run", () => {
  it("10 steps, written and read, 10 more: bit for bit the run of 20", async () => {
    const before = tf.memory().numTensors;
    const file = join(folder, "new", "training.safetensors");
    const whole = startTraining(params(), 5);
    const expected = await run(whole, 20);
    const first = startTraining(params(), 5);
    const losses = await run(first, 10);
    await saveTraining(file, first, { note: "half way", list: [1, 2] });
    disposeTraining(first);
    const like = params();
    const { state, about } = await loadTraining(file, like);
    assert.deepEqual([state.step, about], [10, { note: "half way", list: [1, 2] }]);
    losses.push(...(await run(state, 20)));
    assert.deepEqual(losses, expected);
    assert.deepEqual(await numbersOf(state), await numbersOf(whole));
    disposeTraining(state);
    disposeTraining(whole);
    tf.dispose(like as unknown as tf.TensorContainer);
    assert.equal(tf.memory().numTensors, before);
  });
});

describe("checkpoints of a run: what goes wrong", function () {
  this.timeout(300_000);
  before(async () => void (await useEngine({ engine: "cpu" })));

  it("a write that fails leaves the old file, and nothing else", async () => {
    const file = join(folder, "training.safetensors");
    const state = startTraining(params(), 5);
    await saveTraining(file, state);
    const old = readFileSync(file);
    const broken = { ...state, step: 7, params: { ...state.params, deep: [{ b: tf.zeros([2]) }] } };
    (broken.params.deep[0] as { b: tf.Tensor }).b.dispose();
    await assert.rejects(saveTraining(file, broken), /"params\.deep\.0\.b" is disposed/);
    assert.deepEqual(readFileSync(file), old);
    assert.deepEqual(readdirSync(folder), ["training.safetensors"]);
    disposeTraining(state);
  });

  it("a process that is killed while it writes leaves a whole file", async () => {
    const file = join(folder, "training.safetensors");
    const code = `
      const { tf, useEngine } = require("./src/engine");
      const { startTraining } = require("./src/train");
      const { saveTraining } = require("./src/train/node");
      void useEngine({ engine: "cpu" }).then(async () => {
        const state = startTraining({ w: tf.ones([300, 1000]) }, 1);
        for (let step = 0; ; step++) {
          await saveTraining(${JSON.stringify(file)}, { ...state, step });
          process.stdout.write(".");
        }
      });`;
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "-e", code], { cwd: join(__dirname, "..", "..") }); // prettier-ignore
    const ended = new Promise((resolve) => child.on("exit", resolve));
    let dots = 0;
    await new Promise<void>((resolve) => child.stdout.on("data", (text: Buffer) => (dots += text.length) > 3 && resolve())); // prettier-ignore
    child.kill("SIGKILL");
    await ended;
    const like = { w: tf.zeros([300, 1000]) };
    const { state } = await loadTraining(file, like);
    assert.ok(state.step >= 3);
    assert.ok((await state.params.w.data()).every((x) => x === 1));
    disposeTraining(state);
    tf.dispose(like);
  });

  it("files that do not fit are named, with the tensor and the cure", async () => {
    const file = join(folder, "training.safetensors");
    const state = startTraining(params(), 5);
    await saveTraining(file, state);
    const like = params();
    const wrong: [unknown, RegExp][] = [
      [params(4), /training\.safetensors: tensor "params\.w" is \[3, 2\], the model's is \[4, 2\]\. Cure: the model's configuration/],
      [{ ...like, extra: tf.zeros([1]) }, /tensor "params\.extra" is missing/],
      [{ w: like.w }, /the model has no tensor "params\.deep\.0\.b"/],
    ]; // prettier-ignore
    for (const [tree, message] of wrong) await assert.rejects(loadTraining(file, tree), message);
    await assert.rejects(loadTraining(join(folder, "none"), like), /none: there is no checkpoint\. Cure:/);
    const put = async (metadata: Record<string, string>) =>
      writeFileSync(file, await encodeSafetensors({ w: like.w }, { metadata }));
    await put({ format: "pt" });
    await assert.rejects(loadTraining(file, like), /no checkpoint of a training run/);
    await put({ training: '{"step":-1}' });
    await assert.rejects(loadTraining(file, like), /"training" in its metadata is damaged: [^]*step/);
    await put({ training: "{" });
    await assert.rejects(loadTraining(file, like), /is damaged/);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 4));
    await assert.rejects(loadTraining(file, like), /training\.safetensors/);
    disposeTraining(state);
  });
});
