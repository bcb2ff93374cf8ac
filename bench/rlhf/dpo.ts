/** DPO on the rankings that the reward model learned from: where it gets, and how far from the SFT model. */
import { fork, makeRng, shuffle } from "../../src/engine";
import { taleRequests } from "../../src/data";
import { dpoLoss, dpoPairs, drawTales, TALE_LENGTH } from "../../src/align";
import type { DpoBatch } from "../../src/align";
import { startTraining, train } from "../../src/train";
import type { CausalParams } from "../../src/train";
import { disposeTree, mapTensors } from "../../src/tree";
import { rounded, type Results } from "./results";
import { mean, NOISE, openSetting } from "./setting";
import { sampledKl } from "./sampledKl";

const BATCH = 32;

export async function dpo(results: Results): Promise<void> {
  const setting = await openSetting();
  const { world, sft } = setting;
  const compared = setting.ranked(
    await setting.draw(960, 6, "train", 1),
    "all",
    NOISE,
    fork(makeRng(1), "labels"),
  );
  // Best and worst of each ranking say most, and a pair a request keeps it to one pass
  const pairs = compared.map(({ prompt, answers, comparisons }) => {
    const wins = answers.map((_, i) => comparisons.filter(([winner]) => winner === i).length);
    const by = (most: number): readonly number[] => answers[wins.indexOf(most)]!;
    return { prompt, chosen: by(Math.max(...wins)), rejected: by(Math.min(...wins)) };
  });
  for (const beta of [0.03, 0.1, 0.3]) {
    const what = { method: "dpo", beta };
    if (results.has(what)) continue;
    const batch = await dpoPairs(sft, pairs, { length: TALE_LENGTH, batch: BATCH });
    const state = startTraining(mapTensors(sft.params, (tensor) => tensor.clone()) as CausalParams, 1);
    const steps = 3 * Math.floor(pairs.length / BATCH);
    let loss = NaN;
    const run = train<CausalParams, DpoBatch>({
      state,
      loss: dpoLoss(sft, beta),
      batch: (step, rng) => batch(shuffle(rng, [...pairs.keys()]).slice(0, BATCH)) as unknown as DpoBatch,
      steps,
      schedule: { kind: "linear", peak: 5e-4, warmup: 5, steps, final: 5e-5 },
      clip: 1,
    });
    for await (const record of run) loss = record.loss;
    disposeTree(state.optimizer);
    const tuned = { ...sft, params: state.params };
    const drawn = await drawTales(
      world,
      tuned,
      taleRequests(240, "test", fork(makeRng(5), "requests")),
      1,
      makeRng(6),
    );
    results.add({
      what,
      loss: rounded(loss),
      steps,
      gold: rounded(mean(drawn.map(({ judged }) => judged[0]!.reward))),
      kl: rounded(await sampledKl(sft, state.params, drawn.map(({ request, answers }) => ({ prompt: world.prompt(request), answer: answers[0]!.answer })))), // prettier-ignore
      test: drawn.map(({ judged }) => rounded(judged[0]!.reward)),
    });
    disposeTree(state.params);
  }
}
