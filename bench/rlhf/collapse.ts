/** SFT that went too far: to the prompts that it has seen it has one answer each, and nothing is left for PPO to choose from. */
import { fork, makeRng } from "../../src/engine";
import { carefulHabits, taleRequests, writeTale } from "../../src/data";
import { drawTales, TALE_LENGTH, trainSft } from "../../src/align";
import { loadReward } from "../../src/align/node";
import { startTraining } from "../../src/train";
import type { CausalParams } from "../../src/train";
import { loadTrained } from "../../src/train/node";
import { disposeTree, mapTensors } from "../../src/tree";
import { policyRun } from "./policies";
import { rounded, type Results } from "./results";
import { mean, openSetting } from "./setting";

/** Demonstrations, whose requests PPO then works with. */
const COUNT = 24;

export async function collapse(results: Results): Promise<void> {
  const setting = await openSetting();
  const reward = await loadReward("tales-reward");
  const base = await loadTrained("tales-base");
  const { world, sft } = setting;
  const rng = fork(makeRng(3), "few demonstrations");
  const requests = taleRequests(COUNT, "train", fork(rng, "requests"));
  const demonstrations = requests.map((request, i) => ({
    prompt: world.prompt(request),
    answer: [...world.tokenizer.encode(writeTale(request, carefulHabits, fork(rng, i))), world.end],
  }));
  for (const steps of [20, 100, 1500]) {
    const what = { demonstrations: COUNT, steps };
    if (results.has(what)) continue;
    const state = startTraining(mapTensors(base.params, (tensor) => tensor.clone()) as CausalParams, 1);
    let loss = NaN;
    const run = trainSft({
      model: sft,
      state,
      demonstrations,
      batch: COUNT,
      length: TALE_LENGTH - 1,
      steps,
      schedule: { kind: "cosine", peak: 2e-3, warmup: 10, steps, final: 1e-4 },
      optimizer: { beta2: 0.99 },
    });
    for await (const record of run) loss = record.loss;
    disposeTree(state.optimizer);
    const tuned = { ...sft, params: state.params };
    // 16 answers to each request: how many are different?
    const drawn = await drawTales(world, tuned, requests, 16, makeRng(9));
    const own = { ...setting, sft: tuned };
    const policy = await policyRun(own, reward, { beta: 0.05, ptx: 0, iterations: 40, seed: 1, requests });
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
