/** Proxy against gold: reward models of little and much data, followed by best-of-n and by PPO without a KL penalty. */
import { fork, makeRng } from "../../src/engine";
import { bestOfN, bestOfNKl, comparedScores } from "../../src/align";
import { disposeTree } from "../../src/tree";
import { policyRun } from "./policies";
import { rounded, type Results } from "./results";
import { mean, NOISE, openSetting } from "./setting";

/** Requests, and answers drawn to each, for best-of-n. */
const POOL = { requests: 40, answers: 400 };
/** A fifth of the usual learning rate: without a price of the KL the policy would be far away within ten iterations. */
const RATE = 2e-4;
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

export async function overoptimisation(results: Results): Promise<void> {
  const setting = await openSetting();
  const train = setting.ranked(
    await setting.draw(960, 6, "train", 1),
    "all",
    NOISE,
    fork(makeRng(1), "labels"),
  );
  let pool: Awaited<ReturnType<typeof setting.draw>> | undefined;
  for (const requests of [40, 160, 960]) {
    const curve = { method: "best-of-n", requests };
    const policy = { method: "ppo", requests, beta: 0, rate: RATE };
    if (results.has(curve) && results.has(policy)) continue;
    const { params } = await setting.reward(train.slice(0, requests), { answers: 6, batch: 8, seed: 1, epochs: requests < 100 ? 4 : 1 }); // prettier-ignore
    const { accuracy } = await setting.measured(params, setting.test);
    if (!results.has(curve)) {
      pool ??= await setting.draw(POOL.requests, POOL.answers, "test", 9);
      const compared = pool.map(({ request, answers }) => ({ prompt: setting.world.prompt(request), answers: answers.map(({ answer }) => answer), comparisons: [] })); // prettier-ignore
      const proxies = await comparedScores(setting.judge, params, compared);
      const golds = pool.map(({ judged }) => judged.map(({ reward }) => reward));
      const points = SIZES.map((n) => {
        const usable = proxies.filter((each) => each.length >= n);
        const of = (values: readonly number[][]): number =>
          mean(usable.map((proxy) => bestOfN(proxy, values[proxies.indexOf(proxy)]!, n)));
        return { n, kl: rounded(bestOfNKl(n)), proxy: rounded(of(proxies)), gold: rounded(of(golds)) };
      });
      results.add({ what: curve, accuracy: rounded(accuracy), points });
    }
    if (!results.has(policy)) {
      const run = await policyRun(setting, params, { beta: 0, ptx: 0, iterations: 150, seed: 1, peak: RATE, every: 2 }); // prettier-ignore
      results.add({ what: policy, accuracy: rounded(accuracy), ...run });
    }
    disposeTree(params);
  }
}
