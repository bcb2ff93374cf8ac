/** The last stage of RLHF: PPO from the SFT model, by the reward model. */
import { existsSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fork, integer, makeRng } from "../../engine";
import type { Rng } from "../../engine";
import { taleRequests, taleVocabulary } from "../../data";
import type { TaleRequest } from "../../data";
import type { Decoder } from "../../models";
import { disposeTraining, startTraining } from "../../train";
import type { CausalParams, Training } from "../../train";
import { loadTraining, saveTrained, saveTraining } from "../../train/node";
import { disposeTree, mapTensors } from "../../tree";
import { rewardJudge } from "../judge";
import { ppo } from "../ppo";
import type { PpoParams } from "../ppoLoss";
import { writtenBatch } from "../rows";
import { TALE_ANSWER, TALE_LENGTH, TALE_PROMPT } from "../tales";
import { loadReward } from "./reward";
import type { RlhfRecord, RlhfRun } from "./run";
import { rlhfConfig } from "./stages";

type State = Training<PpoParams<CausalParams>>;

/** Texts of the pretraining mix, and how many of them a step sees. */
const PTX = { texts: 20_000, batch: 32 };

export async function* ppoStage(run: RlhfRun, sft: Decoder<CausalParams>): AsyncGenerator<RlhfRecord> {
  const { recipe, options, world, name } = run;
  const settings = recipe.ppo;
  const folder = join(options.folder, "ppo");
  const checkpoint = join(folder, "training.safetensors");
  const rng = fork(makeRng(recipe.seed), "ppo");
  const reward = await loadReward(join(options.folder, "reward"));
  const judge = rewardJudge(sft, { length: TALE_LENGTH, batch: settings.batch });
  const first: PpoParams<CausalParams> = copied({ policy: sft.params, value: reward });
  const state = await begun(checkpoint, recipe, first, options.resume === true);
  const texts = world.corpus(PTX.texts, fork(rng, "pretraining"));
  await mkdir(folder, { recursive: true });
  let requests: readonly TaleRequest[] = [];
  try {
    const records = ppo({
      model: sft,
      state,
      prompts: (_, own) => (requests = taleRequests(settings.batch, "train", own)).map(world.prompt),
      score: (answers) => judge.judge(reward, answers),
      promptLength: TALE_PROMPT,
      maxNewTokens: TALE_ANSWER,
      end: world.end,
      iterations: settings.iterations,
      beta: settings.beta,
      epochs: settings.epochs,
      minibatches: settings.minibatches,
      schedule: settings.schedule,
      gradientClip: recipe.clip,
      maxKl: settings.maxKl,
      ...(settings.ptx > 0 ? { ptx: { coefficient: settings.ptx, batch: (own: Rng) => mix(own) } } : {}),
      ...(options.stop ? { stop: options.stop } : {}),
      checkpoint: {
        every: 10,
        save: async (now) => {
          await saveTraining(checkpoint, now, { recipe });
          const metadata = { recipe: `${name}, ppo`, seed: String(recipe.seed), iteration: String(now.step) };
          await saveTrained(folder, rlhfConfig(recipe, world), taleVocabulary(), now.params.policy, { dtype: recipe.dtype, metadata }); // prettier-ignore
        },
      },
    });
    for await (const { iteration, answers, scores: _, seconds, ...numbers } of records) {
      const gold = answers.reduce((sum, own, i) => sum + world.gold(requests[i] as TaleRequest, own).reward, 0) / answers.length; // prettier-ignore
      const told = { ...numbers, gold };
      await appendFile(join(folder, "log.jsonl"), `${JSON.stringify({ iteration, ...told })}\n`);
      yield { stage: "ppo", step: iteration, steps: settings.iterations, seconds: seconds.generate + seconds.score + seconds.learn, told }; // prettier-ignore
    }
  } finally {
    judge.dispose();
    disposeTree(reward);
    disposeTraining(state);
  }

  function mix(own: Rng) {
    const drawn = Array.from({ length: PTX.batch }, () => texts[integer(own, texts.length)]!);
    return writtenBatch(drawn, TALE_LENGTH - 1, "all");
  }
}

/** A new state, or the checkpoint's. */
async function begun(
  checkpoint: string,
  recipe: RlhfRun["recipe"],
  first: PpoParams<CausalParams>,
  resume: boolean,
): Promise<State> {
  if (!existsSync(checkpoint)) return startTraining(first, recipe.seed);
  if (!resume)
    throw new Error(`${checkpoint}: there is a run already. Cure: --resume to go on with it, --out FOLDER for another place, or remove the folder.`); // prettier-ignore
  const { state, about } = await loadTraining(checkpoint, first);
  disposeTree(first);
  const before = about["recipe"] as Partial<RlhfRun["recipe"]> | undefined;
  if (
    !isDeepStrictEqual({ ...before?.ppo, iterations: 0 }, { ...recipe.ppo, iterations: 0 }) ||
    before?.seed !== recipe.seed
  ) {
    // prettier-ignore
    disposeTraining(state);
    throw new Error(`${checkpoint}: this run has other settings of PPO. Cure: the recipe and --seed as they were, or --out for a new run.`); // prettier-ignore
  }
  return state;
}

const copied = <P>(params: P): P => mapTensors(params, (tensor) => tensor.clone()) as P;
