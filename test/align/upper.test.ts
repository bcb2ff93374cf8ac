import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../src/engine";
import { initReward, ppo, rollout, upperBlocks } from "../../src/align";
import { initLlama, llama, llamaDecoder } from "../../src/models";
import type { Decoder, LlamaConfig, LlamaParams } from "../../src/models";
import { disposeTraining, startTraining } from "../../src/train";
import { disposeTree, mapTensors } from "../../src/tree";

const config: LlamaConfig = { vocabSize: 7, context: 12, dModel: 16, nLayer: 3, nHead: 2, nKvHead: 1, dFfn: 24, tied: true }; // prettier-ignore

describe("a large model of which the last blocks are trained", () => {
  before(async () => void (await useEngine({})));
  let before_ = 0;
  beforeEach(() => void (before_ = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before_, "tensors are left"));

  it("cut in two it computes what it is as a whole, and the copy is its own", async () => {
    const params = initLlama(config, makeRng(1));
    const upper = upperBlocks(params, config, 2);
    const ids = tf.tensor2d([[1, 2, 3, 4], [5, 6, 1, 0]], [2, 4], "int32"); // prettier-ignore
    const [whole, parts, fromIds] = tf.tidy(() => {
      const { model, states } = upper;
      const read = upper.read(ids);
      return [
        llama(params, config, ids),
        model.head(upper.params, model.states(upper.params, read, {})),
        model.head(upper.params, states(upper.params, ids, {})),
      ];
    });
    const want = await whole.data();
    for (const got of [await parts.data(), await fromIds.data()])
      got.forEach((each, i) =>
        assert.ok(Math.abs(each - want[i]!) < 1e-5, `${i}: ${each}, wanted ${want[i]}`),
      );
    tf.dispose([whole, parts, fromIds, ids]);
    const options = { maxNewTokens: 5, rng: makeRng(3) };
    const plain = await rollout(llamaDecoder(params, config) as Decoder, [[1, 2]], options);
    assert.deepEqual(await rollout(upper.writer(upper.params), [[1, 2]], options), plain);
    assert.throws(() => upperBlocks(params, config, 4), /free must be from 1 to the model's 3 blocks, got 4/);
    upper.dispose();
    disposeTree([params, upper.params]);
  });

  it("PPO trains the last block alone, and the model writes better for it", async () => {
    const first = initLlama(config, makeRng(1));
    // The head stays as it is, so it must be able to say something.
    const params = mapTensors(first, (tensor, name) => (name === "tokens" ? tensor.mul(25) : tensor.clone())) as LlamaParams; // prettier-ignore
    disposeTree(first);
    const upper = upperBlocks(params, config, 1);
    const reward = initReward(upper.params, 16, makeRng(2));
    const copy = <P>(tree: P): P => mapTensors(tree, (tensor) => tensor.clone()) as P;
    const state = startTraining({ policy: copy(upper.params), value: reward }, 5);
    const rewards: number[] = [];
    const run = ppo({
      model: upper.model,
      state,
      upper: { read: upper.read, writer: upper.writer },
      prompts: () => Array.from({ length: 8 }, (_, i) => [1 + (i % 6)]),
      promptLength: 1,
      maxNewTokens: 6,
      score: (answers) => answers.map(({ answer }) => answer.filter((id) => id === 3).length),
      iterations: 20,
      beta: 0.01,
      epochs: 2,
      minibatches: 1,
      schedule: 1e-2,
    });
    for await (const record of run) rewards.push(record.reward);
    const last = rewards.slice(-5).reduce((sum, each) => sum + each, 0) / 5;
    assert.ok(last > rewards[0]! + 1, rewards.join(" "));
    disposeTraining(state);
    upper.dispose();
    disposeTree([params, upper.params]);
  });
});
