/** The reward model by answers a request, by data, by epochs, and with its pairs split: accuracy on the gold order. */
import { fork, makeRng } from "../../src/engine";
import { fewerAnswers, splitPairs } from "../../src/align";
import { disposeTree } from "../../src/tree";
import { rounded, type Results } from "./results";
import { mean, NOISE, openSetting } from "./setting";

const SEEDS = [1, 2, 3];

export async function reward(results: Results): Promise<void> {
  const setting = await openSetting();
  for (const seed of SEEDS) {
    const drawn = await setting.draw(960, 9, "train", seed);
    const rng = fork(makeRng(seed), "labels");
    const all = setting.ranked(drawn, "exact", NOISE, rng);
    const run = async (
      experiment: string,
      value: string | number,
      compared: typeof all,
      how: { answers: number; batch: number; epochs?: number },
    ) => {
      // prettier-ignore
      const what = { experiment, value, seed };
      if (results.has(what)) return;
      const { params, losses } = await setting.reward(compared, { ...how, seed });
      const test = await setting.measured(params, setting.test);
      const own = await setting.measured(params, all.slice(0, 100));
      disposeTree(params);
      const last = losses.slice(-Math.ceil(losses.length / 5));
      results.add({
        what,
        accuracy: rounded(test.accuracy),
        pairs: test.pairs,
        own: rounded(own.accuracy),
        loss: rounded(mean(last)),
        steps: losses.length,
        calibration: test.calibration.map((bin) => [bin.predicted, bin.observed, bin.pairs].map(rounded)),
      });
    };
    // The same 240 requests with more answers each
    const requests = all.slice(0, 240);
    for (const answers of [2, 3, 4, 6, 9])
      await run("answers", answers, fewerAnswers(requests, answers, fork(rng, answers)), {
        answers,
        batch: 8,
      });
    for (const count of [60, 120, 240, 480, 960])
      await run("requests", count, fewerAnswers(all.slice(0, count), 6, fork(rng, "six")), { answers: 6, batch: 8 }); // prettier-ignore
    const few = fewerAnswers(all.slice(0, 240), 9, fork(rng, "nine"));
    for (const epochs of [1, 2, 4, 8])
      await run("epochs, together", epochs, few, { answers: 9, batch: 8, epochs });
    // As many pairs a step as 8 requests have, each an example of its own
    for (const epochs of [1, 2]) await run("epochs, split", epochs, splitPairs(few, fork(rng, "split")), { answers: 2, batch: 288, epochs }); // prettier-ignore
    // Small steps, as many as the paper would have taken: here the answers come back again and again
    for (const epochs of [1, 2, 4]) await run("epochs, split small", epochs, splitPairs(few, fork(rng, "split")), { answers: 2, batch: 36, epochs }); // prettier-ignore
  }
}
