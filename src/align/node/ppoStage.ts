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
import { cleanRun, loadTraining, saveTrained, saveTraining } from "../../train/node";
import { disposeTree, mapTensors } from "../../tree";
import { rewardJudge } from "../judge";
import { ppo } from "../ppo";
import type { PpoRecord } from "../ppoConfig";
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
  const { state, seconds: before } = await begun(checkpoint, recipe, first, options.resume === true);
  const texts = world.corpus(PTX.texts, fork(rng, "pretraining"));
  await mkdir(folder, { recursive: true });
  await cleanRun(folder, state.step);
  const started = performance.now();
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
          const progress = { seconds: before + (performance.now() - started) / 1000 };
          await saveTraining(checkpoint, now, { recipe, progress });
          const metadata = { recipe: `${name}, ppo`, seed: String(recipe.seed), iteration: String(now.step) };
          await saveTrained(folder, rlhfConfig(recipe, world), taleVocabulary(), now.params.policy, { dtype: recipe.dtype, metadata }); // prettier-ignore
        },
      },
    });
    for await (const { iteration: step, answers, scores, seconds, ...numbers } of records) {
      const golds = answers.map((own, i) => world.gold(requests[i] as TaleRequest, own).reward);
      const told = { ...numbers, gold: golds.reduce((sum, own) => sum + own, 0) / scores.length };
      await appendFile(join(folder, "log.jsonl"), `${JSON.stringify({ step, ...told })}\n`);
      yield { stage: "ppo", step, steps: settings.iterations, seconds: secondsOf(seconds), told };
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

const secondsOf = ({ generate, score, learn }: PpoRecord["seconds"]): number => generate + score + learn;

/** A new state, or the checkpoint's; and the time that it took so far. */
async function begun(
  checkpoint: string,
  recipe: RlhfRun["recipe"],
  first: PpoParams<CausalParams>,
  resume: boolean,
): Promise<{ state: State; seconds: number }> {
  if (!existsSync(checkpoint)) return { state: startTraining(first, recipe.seed), seconds: 0 };
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
  return { state, seconds: (about["progress"] as { seconds?: number } | undefined)?.seconds ?? 0 };
}

const copied = <P>(params: P): P => mapTensors(params, (tensor) => tensor.clone()) as P;
