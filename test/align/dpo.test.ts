import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../src/engine";
import { dpoLoss, dpoPairs, rollout } from "../../src/align";
import type { DpoBatch } from "../../src/align";
import { gptDecoder, initGpt } from "../../src/models";
import type { Decoder, GptConfig, GptParams } from "../../src/models";
import { disposeTraining, startTraining, train } from "../../src/train";
import { disposeTree, mapTensors } from "../../src/tree";

const config: GptConfig = { vocabSize: 6, context: 8, dModel: 16, nLayer: 1, nHead: 2, order: "pre" };

describe("DPO", () => {
  before(async () => void (await useEngine({})));

  it("begins at log 2, and makes the chosen answers likelier than the rejected ones", async () => {
    const count = tf.memory().numTensors;
    const sft = initGpt(config, makeRng(1));
    const model = gptDecoder(sft, config) as Decoder<GptParams>;
    // What is chosen has a 2 where what is rejected has a 4.
    const pairs = [1, 3, 5].map((first) => ({
      prompt: [first],
      chosen: [2, first, 0],
      rejected: [4, first, 0],
    }));
    const batch = await dpoPairs(model, pairs, { length: 5, batch: 2 });
    const state = startTraining(mapTensors(sft, (tensor) => tensor.clone()) as GptParams, 1);
    const losses: number[] = [];
    const run = train<GptParams, DpoBatch>({
      state,
      loss: dpoLoss(model, 0.5),
      batch: () => batch([0, 1, 2]) as unknown as DpoBatch,
      steps: 40,
      schedule: 5e-3,
    });
    for await (const { loss } of run) losses.push(loss);
    assert.ok(Math.abs(losses[0]! - Math.log(2)) < 1e-4, `${losses[0]}`);
    assert.ok(losses.at(-1)! < 0.1, `${losses.at(-1)}`);
    const options = { maxNewTokens: 1, rng: makeRng(2) };
    const prompts = Array.from({ length: 60 }, (_, i) => [1 + 2 * (i % 3)]);
    const drawn = await rollout({ ...model, params: state.params }, prompts, options);
    const first = drawn.map(({ answer }) => answer[0]);
    const [chosen, rejected] = [2, 4].map((id) => first.filter((each) => each === id).length) as [number, number]; // prettier-ignore
    assert.ok(rejected <= 3 && chosen > 3 * rejected, `${chosen} chosen, ${rejected} rejected`);
    disposeTraining(state);
    disposeTree(sft);
    assert.equal(tf.memory().numTensors, count, "tensors are left");
  });
});
