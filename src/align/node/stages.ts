/** The first three stages of RLHF as tasks of the training loop: a base model, SFT, and the reward model. */
import { fork, integer, makeRng } from "../../engine";
import type { Rng } from "../../engine";
import { taleVocabulary } from "../../data";
import type { LmBatch } from "../../data";
import type { Decoder } from "../../models";
import { crossEntropy } from "../../ops";
import { causalModel } from "../../train";
import type { CausalParams, SavedConfig } from "../../train";
import { saveTrained } from "../../train/node";
import type { RecipeTask } from "../../train/node";
import { disposeTree, mapTensors } from "../../tree";
import { rewardJudge } from "../judge";
import type { RlhfRecipe } from "../recipe";
import { initReward, rankingBatch, rewardLoss, shiftReward } from "../reward";
import type { ComparedAnswers, RankingBatch, RewardParams } from "../reward";
import { writtenBatch } from "../rows";
import type { Written } from "../rows";
import { TALE_LENGTH } from "../tales";
import type { TaleWorld } from "../tales";
import { saveReward } from "./reward";

/** Texts that judge a language model, and demonstrations that set the zero of the reward. */
const JUDGES = 256;

/** Places of a row: the last token is only a label. */
const LENGTH = TALE_LENGTH - 1;

/** The sizes of every model of a recipe. */
export const rlhfConfig = (recipe: RlhfRecipe, world: TaleWorld): SavedConfig => ({
  model: recipe.model,
  vocabSize: world.tokenizer.vocabSize,
  context: TALE_LENGTH,
});

/** A language model on texts: all of each for the base model, the answers alone for SFT. */
function textTask(
  recipe: RlhfRecipe,
  world: TaleWorld,
  {
    init,
    texts,
    judges,
    judged,
    batch,
  }: {
    readonly init?: RecipeTask<CausalParams, LmBatch>["init"];
    readonly texts: readonly Written[];
    readonly judges: readonly Written[];
    readonly judged: "all" | "answers";
    readonly batch: number;
  },
): RecipeTask<CausalParams, LmBatch> {
  const config = rlhfConfig(recipe, world);
  const model = causalModel(recipe.model, config);
  return {
    init: init ?? model.init,
    loss: (params, { inputs, labels }, ctx) => crossEntropy(model.logits(params, inputs, ctx), labels),
    draw: (rng) => writtenBatch(drawn(texts, batch, rng), LENGTH, judged),
    batches: [writtenBatch(judges, LENGTH, judged)],
    save: (folder, params, options) => saveTrained(folder, config, taleVocabulary(), params, options),
    dispose: () => undefined,
  };
}

export function baseTask(recipe: RlhfRecipe, world: TaleWorld): RecipeTask<CausalParams, LmBatch> {
  const rng = fork(makeRng(recipe.seed), "base");
  const { texts, batch } = recipe.base;
  return textTask(recipe, world, {
    texts: world.corpus(texts, fork(rng, "texts")),
    judges: world.corpus(JUDGES, fork(rng, "judges")),
    judged: "all",
    batch,
  });
}

/** @param base its parameters, which are copied */
export function sftTask(
  recipe: RlhfRecipe,
  world: TaleWorld,
  base: CausalParams,
): RecipeTask<CausalParams, LmBatch> {
  const rng = fork(makeRng(recipe.seed), "sft");
  const { demonstrations, batch } = recipe.sft;
  return textTask(recipe, world, {
    init: () => mapTensors(base, (tensor) => tensor.clone()) as CausalParams,
    texts: world.demonstrations(demonstrations, fork(rng, "texts")),
    judges: world.demonstrations(JUDGES, fork(rng, "judges")),
    judged: "answers",
    batch,
  });
}

/**
 * The reward model. What it saves has the mean reward 0 over demonstrations.
 * @param compared the rankings to learn from, and those that judge
 */
export function rewardTask(
  recipe: RlhfRecipe,
  world: TaleWorld,
  sft: Decoder<CausalParams>,
  compared: { readonly train: readonly ComparedAnswers[]; readonly test: readonly ComparedAnswers[] },
): RecipeTask<RewardParams<CausalParams>, RankingBatch> {
  const rng = fork(makeRng(recipe.seed), "reward");
  const { answers, batch } = recipe.reward;
  const demonstrations = world.demonstrations(JUDGES, fork(rng, "zero"));
  const judge = rewardJudge(sft, { length: TALE_LENGTH, batch: 64 });
  const judges = Array.from({ length: Math.floor(compared.test.length / batch) }, (_, i) =>
    rankingBatch(compared.test.slice(i * batch, (i + 1) * batch), answers, TALE_LENGTH),
  );
  return {
    init: (own) => initReward(sft.params, recipe.model.dModel, own),
    loss: rewardLoss(sft),
    // One pass, in order: rankings are drawn at random already.
    draw: (_, step) =>
      rankingBatch(compared.train.slice(step * batch, (step + 1) * batch), answers, TALE_LENGTH),
    batches: judges,
    async save(folder, params, options) {
      const scores = await judge.judge(params, demonstrations);
      const shifted = shiftReward(params, scores.reduce((sum, score) => sum + score, 0) / scores.length);
      await saveReward(folder, rlhfConfig(recipe, world), shifted, options);
      disposeTree(shifted.head.bias);
    },
    dispose: () => {
      judge.dispose();
      disposeTree(judges.map(({ wins }) => wins));
    },
  };
}

const drawn = <T>(from: readonly T[], count: number, rng: Rng): T[] =>
  Array.from({ length: count }, () => from[integer(rng, from.length)] as T);
