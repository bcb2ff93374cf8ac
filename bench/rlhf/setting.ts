/** What the experiments of chapter 11 share: the world, the SFT model, rankings of its answers. */
import { fork, makeRng } from "../../src/engine";
import type { Rng } from "../../src/engine";
import { taleRequests } from "../../src/data";
import { comparedScores, drawTales, initReward, labelTales, pairAccuracy, rewardCalibration, rewardJudge, shiftReward, TALE_LENGTH, taleLabellers, taleWorld, trainReward } from "../../src/align"; // prettier-ignore
import type { ComparedAnswers, RewardParams, TaleAnswers, TaleLabeller } from "../../src/align";
import { trainedDecoder } from "../../src/generate";
import type { Decoder } from "../../src/models";
import { startTraining } from "../../src/train";
import type { CausalParams } from "../../src/train";
import { loadTrained } from "../../src/train/node";
import { disposeTree } from "../../src/tree";

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;

/** Held-out requests with six answers each, in the order of the gold reward. */
const TEST = 150;
/** How noisy labellers are, see `labelRanks`; chapter 11 measures how often two of them agree. */
export const NOISE = 0.5;
export const PEAK = 2e-3;

export async function openSetting(place = "tales-sft") {
  const world = taleWorld();
  const saved = await loadTrained(place);
  const sft = trainedDecoder(saved) as Decoder<CausalParams>;
  const { dModel } = saved.config.model;
  const judge = rewardJudge(sft, { length: TALE_LENGTH, batch: 96 });
  const demonstrations = world.demonstrations(192, makeRng(41));

  const draw = (
    count: number,
    answers: number,
    part: "train" | "test",
    seed: number,
  ): Promise<TaleAnswers[]> => {
    const rng = fork(makeRng(seed), `${part} rankings`);
    return drawTales(
      world,
      sft,
      taleRequests(count, part, fork(rng, "requests")),
      answers,
      fork(rng, "answers"),
    );
  };
  const [exact] = taleLabellers as readonly [TaleLabeller];
  const test = labelTales(world, await draw(TEST, 6, "test", 77), exact, 0, makeRng(0));

  return {
    world,
    sft,
    saved,
    judge,
    test,
    draw,
    /** Rankings by one labeller, or by all in turn. */
    ranked(drawn: readonly TaleAnswers[], labeller: string, noise: number, rng: Rng): ComparedAnswers[] {
      const who = labeller === "all" ? taleLabellers : taleLabellers.filter(({ name }) => name === labeller);
      return drawn.flatMap((own, i) => labelTales(world, [own], who[i % who.length]!, noise, fork(rng, i)));
    },
    /** A reward model after its epochs; its mean over demonstrations is 0. */
    async reward(
      compared: readonly ComparedAnswers[],
      options: { answers: number; batch: number; epochs?: number; seed: number; peak?: number },
    ) {
      // prettier-ignore
      const state = startTraining(initReward(sft.params, dModel, makeRng(options.seed)), options.seed);
      const losses: number[] = [];
      const config = { model: sft, state, compared, length: TALE_LENGTH, peak: PEAK, ...options };
      for await (const { loss } of trainReward(config)) losses.push(loss);
      disposeTree(state.optimizer);
      const zero = mean(await judge.judge(state.params, demonstrations));
      const params = shiftReward(state.params, zero);
      disposeTree(state.params.head.bias);
      return { params, losses };
    },
    /** Agreement with the gold order, and with given rankings. */
    async measured(params: RewardParams<CausalParams>, compared: readonly ComparedAnswers[]) {
      const scores = await comparedScores(judge, params, compared);
      const { right, pairs } = pairAccuracy(compared, scores);
      return { accuracy: right / pairs, pairs, calibration: rewardCalibration(compared, scores, 5) };
    },
  };
}
export type Setting = Awaited<ReturnType<typeof openSetting>>;
