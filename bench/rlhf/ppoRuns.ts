/** PPO with the shipped models: beta, and the pretraining mix. */
import { taleRequests } from "../../src/data";
import { fork, makeRng } from "../../src/engine";
import { drawTales } from "../../src/align";
import { loadReward } from "../../src/align/node";
import { disposeTree } from "../../src/tree";
import { policyRun } from "./policies";
import { rounded, type Results } from "./results";
import { openSetting } from "./setting";

export async function ppoRuns(results: Results): Promise<void> {
  const setting = await openSetting();
  const reward = await loadReward("tales-reward");
  if (!results.has({ policy: "sft" })) {
    const test = taleRequests(240, "test", fork(makeRng(5), "requests"));
    const drawn = await drawTales(setting.world, setting.sft, test, 1, makeRng(6));
    results.add({ what: { policy: "sft" }, test: drawn.map(({ judged }) => rounded(judged[0]!.reward)) });
  }
  for (const [beta, ptx, seed] of [
    [0.05, 0.5, 1],
    [0.05, 0, 1],
    [0.2, 0.5, 1],
    [0.01, 0.5, 1],
    [0.05, 0.5, 2],
    [0.05, 0, 2],
  ] as const) {
    const what = { policy: "ppo", beta, ptx, seed };
    if (results.has(what)) continue;
    results.add({ what, ...(await policyRun(setting, reward, { beta, ptx, seed, iterations: 100 })) });
  }
  disposeTree(reward);
}
