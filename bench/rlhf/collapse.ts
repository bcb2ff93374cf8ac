/** SFT that went too far: the same sentence each time, and nothing left for PPO to choose from. */
import { fork, integer, makeRng } from "../../src/engine";
import { taleRequests } from "../../src/data";
import type { LmBatch } from "../../src/data";
import { drawTales, TALE_LENGTH, writtenBatch } from "../../src/align";
import { loadReward } from "../../src/align/node";
import { crossEntropy } from "../../src/ops";
import { startTraining, train } from "../../src/train";
import type { CausalParams } from "../../src/train";
import { loadTrained } from "../../src/train/node";
import { disposeTree, mapTensors } from "../../src/tree";
import { policyRun } from "./policies";
import { rounded, type Results } from "./results";
import { mean, openSetting } from "./setting";

export async function collapse(results: Results): Promise<void> {
  const setting = await openSetting();
  const reward = await loadReward("tales-reward");
  const base = await loadTrained("tales-base");
  const { world, sft } = setting;
  for (const [count, steps] of [
    [24, 20],
    [24, 100],
    [24, 1500],
    [3, 1500],
  ] as const) {
    const what = { demonstrations: count, steps };
    if (results.has(what)) continue;
    const demonstrations = world.demonstrations(count, fork(makeRng(3), "few demonstrations"));
    const state = startTraining(mapTensors(base.params, (tensor) => tensor.clone()) as CausalParams, 1);
    let loss = NaN;
    const run = train<CausalParams, LmBatch>({
      state,
      loss: (params, { inputs, labels }, ctx) => crossEntropy(sft.head(params, sft.states(params, inputs, ctx)), labels), // prettier-ignore
      batch: (_, rng) => writtenBatch(Array.from({ length: 24 }, () => demonstrations[integer(rng, count)]!), TALE_LENGTH - 1), // prettier-ignore
      steps,
      schedule: { kind: "cosine", peak: 2e-3, warmup: 10, steps, final: 1e-4 },
      optimizer: { beta2: 0.99 },
      clip: 1,
    });
    for await (const record of run) loss = record.loss;
    disposeTree(state.optimizer);
    const tuned = { ...sft, params: state.params };
    // 16 answers to each of 20 requests that nobody learned from: how many are different?
    const drawn = await drawTales(world, tuned, taleRequests(20, "test", makeRng(8)), 16, makeRng(9));
    const own = { ...setting, sft: tuned };
    const policy = await policyRun(own, reward, { beta: 0.05, ptx: 0, iterations: 40, seed: 1 });
    results.add({
      what,
      loss: rounded(loss),
      distinct: rounded(mean(drawn.map(({ answers }) => answers.length))),
      gold: rounded(mean(drawn.flatMap(({ judged }) => judged.map((each) => each.reward)))),
      curve: policy.curve,
    });
    disposeTree(state.params);
  }
  disposeTree([reward, base.params]);
}
