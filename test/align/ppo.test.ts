import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flattenTensors, fork, integer, makeRng, tf } from "../../src/engine";
import { gptDecoder, initGpt } from "../../src/models";
import type { Decoder, GptConfig, GptParams } from "../../src/models";
import { initReward, ppo, PpoError, writtenBatch } from "../../src/align";
import type { Drawn, PpoConfig, PpoParams, PpoRecord } from "../../src/align";
import { disposeTraining, startTraining } from "../../src/train";
import type { Training } from "../../src/train";
import { loadTraining, saveTraining } from "../../src/train/node";
import { disposeTree, mapTensors } from "../../src/tree";
import { eachEngine, skipOnEmulatedCard } from "../helpers/engines";

const config: GptConfig = { vocabSize: 7, context: 10, dModel: 16, nLayer: 1, nHead: 2, order: "pre" };
type Params = PpoParams<GptParams>;
/** What is wanted: many tokens 3. */
const threes = (answers: readonly Drawn[]): number[] =>
  answers.map(({ answer }) => answer.filter((id) => id === 3).length);

/** A run from the same first weights each time. */
function open(more: Partial<PpoConfig<GptParams>> = {}) {
  const sft = initGpt(config, makeRng(1));
  const model = gptDecoder(sft, config) as Decoder<GptParams>;
  const copy = <P>(tree: P): P => mapTensors(tree, (tensor) => tensor.clone()) as P;
  const state: Training<Params> = startTraining(
    { policy: copy(sft), value: initReward(sft, 16, makeRng(2)) },
    7,
  );
  const run: PpoConfig<GptParams> = {
    model,
    state,
    prompts: (_, rng) => Array.from({ length: 8 }, () => [integer(rng, 7), integer(rng, 7)]),
    promptLength: 2,
    maxNewTokens: 6,
    end: 0,
    score: threes,
    iterations: 2,
    beta: 0.01,
    epochs: 2,
    minibatches: 2,
    schedule: 1e-2,
    ...more,
  };
  return { run, close: () => (disposeTree(sft), disposeTraining(run.state)) };
}

async function all(run: PpoConfig<GptParams>): Promise<PpoRecord[]> {
  const records: PpoRecord[] = [];
  for await (const record of ppo(run)) records.push(record);
  return records;
}
const told = ({ seconds: _, ...record }: PpoRecord) => record;

async function numbersOf(tree: unknown): Promise<number[]> {
  const values = await Promise.all(flattenTensors(tree).leaves.map((leaf) => leaf.data()));
  return values.flatMap((each) => Array.from(each));
}

eachEngine("ppo", (engine) => {
  const fast = engine === "tensorflow";
  let before = 0;
  beforeEach(() => void (before = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before, "tensors are left"));

  it("raises the reward, tells of it, and a second run with its seed is the same", async function () {
    skipOnEmulatedCard(this, engine);
    const repeated = engine === "webgpu" ? 1 : 2; // in software that takes long enough
    const iterations = fast ? 25 : repeated;
    const [first, second] = [open({ iterations }), open({ iterations: repeated })];
    const records = await all(first.run);
    const again = await all(second.run);
    assert.equal(first.run.state.step, iterations);
    // A graphics card adds in an order of its own: there the same seed gives the same answers, and nearly the same numbers.
    if (engine !== "webgpu") assert.deepEqual(again.map(told), records.slice(0, repeated).map(told));
    again.forEach(({ answers }, i) => assert.deepEqual(answers, records[i]!.answers));
    const [start] = records as [PpoRecord];
    assert.ok(Math.abs(start.kl) < 1e-4, `the first answers are the SFT model's own: KL ${start.kl}`);
    assert.ok(start.entropy > 1.7 && start.entropy <= Math.log(7) + 1e-3, `${start.entropy}`);
    assert.equal(start.answers.length, 8);
    assert.deepEqual(start.scores, threes(start.answers));
    for (const { answers, finished, length } of records) {
      assert.ok(Math.abs(finished - answers.filter((each) => each.answer.at(-1) === 0).length / 8) < 1e-9);
      assert.ok(Math.abs(length - answers.reduce((sum, { answer }) => sum + answer.length, 0) / 8) < 1e-9);
    }
    if (fast) {
      const last = records.slice(-5);
      const mean = (of: (record: PpoRecord) => number) => last.reduce((sum, each) => sum + of(each), 0) / 5;
      assert.ok(mean((r) => r.reward) > start.reward + 2, `${start.reward} to ${mean((r) => r.reward)}`);
      assert.ok(mean((r) => r.kl) > 1 && mean((r) => r.entropy) < start.entropy - 0.3);
    }
    first.close();
    second.close();
  });

  // Elsewhere fifteen iterations take too long.
  (fast ? it : () => undefined)("a large beta holds the policy where it was", async () => {
    const { run, close } = open({ iterations: 15, beta: 5 });
    const records = await all(run);
    const kls = records.slice(-5).map(({ kl }) => kl);
    assert.ok(Math.max(...kls) < 1, kls.join(", "));
    close();
  });
});

describe("ppo, whatever the engine", () => {
  let before = 0;
  beforeEach(() => void (before = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before, "tensors are left"));

  it("a run in two pieces, over a file, is the run in one, bit for bit", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ppo-"));
    const file = join(folder, "training.safetensors");
    try {
      const [whole, parts] = [open({ iterations: 4 }), open({ iterations: 2 })];
      const records = await all(whole.run);
      await all({ ...parts.run, checkpoint: { every: 2, save: (state) => saveTraining(file, state) } });
      const { state } = await loadTraining(file, parts.run.state.params);
      const rest = await all({ ...parts.run, state, iterations: 4 });
      assert.deepEqual(rest.map(told), records.slice(2).map(told));
      assert.deepEqual(await numbersOf(state.params), await numbersOf(whole.run.state.params));
      disposeTraining(state);
      whole.close();
      parts.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("the pretraining mix keeps what would be forgotten", async () => {
    const texts = [{ prompt: [1], answer: [2, 1, 2, 1, 2, 1] }, { prompt: [2], answer: [1, 2, 1, 2, 1, 2] }]; // prettier-ignore
    const batch = () => writtenBatch(texts, 6, "all");
    const [plain, mixed] = [
      open({ iterations: 12 }),
      open({ iterations: 12, ptx: { coefficient: 1, batch } }),
    ];
    const logProbs = async (run: PpoConfig<GptParams>): Promise<number> => {
      await all(run);
      const scores = tf.tidy(() => {
        const ids = tf.tensor2d([[1, 2, 1, 2]], [1, 4], "int32");
        const { policy } = run.state.params;
        return tf.logSoftmax(run.model.head(policy, run.model.states(policy, ids, {})) as tf.Tensor3D);
      });
      const [[, , row]] = (await scores.array()) as [number[][]];
      scores.dispose();
      return row![2]!;
    };
    const [without, kept] = [await logProbs(plain.run), await logProbs(mixed.run)];
    assert.ok(kept > without + 1, `${without} without, ${kept} with the mix`);
    plain.close();
    mixed.close();
  });

  for (const [what, more, reason] of [
    [
      "a score that is NaN",
      { score: (a: readonly Drawn[]) => a.map((_, i) => (i === 3 ? NaN : 0)) },
      "score is not finite",
    ],
    ["a learning rate far too high", { schedule: 1e30 }, "loss is not finite"],
    ["a step that leads too far", { schedule: 3, maxKl: 2 }, "KL exploded"],
  ] as const)
    // prettier-ignore
    it(`${what} stops with its name, and the state is as it was before`, async () => {
      const { run, close } = open({ iterations: 6, ...more });
      let saved = 0;
      const first = await numbersOf(run.state.params);
      const running = all({ ...run, checkpoint: { every: 1, save: () => void saved++ } });
      await assert.rejects(running, (error: unknown) => {
        assert.ok(error instanceof PpoError);
        assert.equal(error.reason, reason);
        assert.match(error.message, /iteration 1.*as they were before this iteration.*Cure: /s);
        return true;
      });
      assert.equal(saved, 0, "no checkpoint of a failed iteration");
      assert.deepEqual(await numbersOf(run.state.params), first);
      close();
    });

  it("bad options are named before anything is computed", async () => {
    const wrong: [Partial<PpoConfig<GptParams>>, RegExp][] = [
      [{ beta: -1 }, /beta must be a number from 0/],
      [{ epochs: 0 }, /epochs must be a whole number from 1/],
      [{ maxNewTokens: 20 }, /more than the context of 10/],
      [{ minibatches: 3 }, /8 answers do not make 3 minibatches/],
      [{ schedule: 0 }, /schedule must be a learning rate/],
    ];
    for (const [more, message] of wrong) {
      const { run, close } = open(more);
      await assert.rejects(all(run), message);
      close();
    }
  });

  it("answers depend on the iteration's seed and not on the batch's order of work", async () => {
    const { run, close } = open({ iterations: 1 });
    const [record] = (await all(run)) as [PpoRecord];
    const rng = fork(fork(fork(makeRng(7), "ppo"), 0), "prompts");
    assert.deepEqual(record.answers.map(({ prompt }) => prompt), run.prompts(0, rng)); // prettier-ignore
    close();
  });
});
