/** Runs a recipe, with its files, for Node. */
import { existsSync, readdirSync } from "node:fs";
import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { fork, makeRng } from "../../engine";
import { countParams, disposeTree } from "../../tree";
import { type Fields, train, type TrainConfig, type TrainRecord } from "../loop";
import type { Recipe } from "../recipe";
import { startTraining, type Training } from "../state";
import { maskedTask } from "./masked";
import { writeWhole } from "../../text/node/files";
import { causalTask, type RecipeTask } from "./task";
import { loadTraining, saveTraining } from "./training";

/** What a run needs to know beside its task: a recipe, or a stage of one. */
export type RunSettings = Pick<
  Recipe,
  "steps" | "schedule" | "optimizer" | "clip" | "accumulate" | "precision" | "seed" | "evaluation" | "output"
>;

export interface RecipeOptions {
  /** Where the run's files go. */
  readonly folder: string;
  /** Goes on from the checkpoint in the folder. */
  readonly resume?: boolean;
  /** Where to stop: the recipe's steps without it. The schedule stays the recipe's, so pieces make up the whole run. */
  readonly steps?: number;
  readonly stop?: AbortSignal | (() => boolean);
  /** Seconds between two checkpoints; 120 without it. */
  readonly checkpointSeconds?: number;
}

/** A run that is ready to go, and what it holds. */
export interface RecipeRun {
  readonly state: Training<unknown>;
  /** Updates after which it ends. */
  readonly steps: number;
  readonly parameters: number;
  /** What the checkpoint knows beside the tensors. */
  readonly progress: RunProgress;
  readonly records: AsyncGenerator<TrainRecord>;
}

const progressSchema = z.object({
  seconds: z.number(),
  trainLoss: z.number().nullable(),
  validationLoss: z.number().nullable(),
  best: z.object({ step: z.int(), validationLoss: z.number() }).nullable(),
});
export type RunProgress = z.infer<typeof progressSchema>;

/**
 * Prepares a recipe's run: data, tokenizer, model, first weights or a checkpoint. The files in the folder are
 *
 * - training.safetensors: all that is needed to go on (`saveTraining`)
 * - model.json, tokenizer.json, model.safetensors: the trained model (`loadTrained`; `loadMasked`, without a tokenizer)
 * - log.jsonl: the records of every tenth step and of every evaluation
 *
 * @throws Error where the folder already holds a run and `resume` is not set, or holds another recipe's, with the cure
 */
export async function startRecipe(
  { name, recipe }: { readonly name: string; readonly recipe: Recipe },
  options: RecipeOptions,
): Promise<RecipeRun> {
  return recipe.objective === "masked"
    ? startTask(name, recipe, await maskedTask(recipe), options)
    : startTask(name, recipe, causalTask(recipe), options);
}

/**
 * The same for any task: what the stages of a longer recipe are run with.
 * @param name what the saved model says of its origin
 * @throws as `startRecipe`
 */
export async function startTask<P, B extends Fields<B>>(
  name: string,
  recipe: RunSettings,
  task: RecipeTask<P, B>,
  { folder, resume = false, steps = recipe.steps, stop, checkpointSeconds = 120 }: RecipeOptions,
): Promise<RecipeRun> {
  const checkpoint = join(folder, "training.safetensors");
  if (!resume && existsSync(checkpoint))
    throw new Error(
      `${folder} holds a run already. Cure: --resume to go on with it, --out FOLDER for another place, or remove the folder.`,
    );
  const first = task.init(fork(makeRng(recipe.seed), "weights"));
  const { state, progress } = resume
    ? await resumed(checkpoint, recipe, first)
    : { state: startTraining(first, recipe.seed), progress: nothingYet() };
  await mkdir(folder, { recursive: true });
  await cleanRun(folder, state.step);

  const saveModel = (step: number): Promise<void> => {
    const { dtype } = recipe.output;
    const metadata = { recipe: name, seed: String(recipe.seed), step: String(step) };
    return task.save(folder, state.params, { dtype, metadata });
  };
  const save = async (): Promise<void> => {
    await saveTraining(checkpoint, state, { recipe, progress });
    if (recipe.output.keep === "last") await saveModel(state.step);
  };

  async function* records(): AsyncGenerator<TrainRecord> {
    let saved = performance.now();
    let savedStep = state.step;
    for await (const record of train(configOf(recipe, task, state, { steps, stop }))) {
      const { step, loss, seconds, validation } = record;
      progress.seconds += seconds;
      // A mean over about 100 steps: one batch's loss tells little.
      progress.trainLoss = progress.trainLoss === null ? loss : progress.trainLoss + (loss - progress.trainLoss) / Math.min(step, 100); // prettier-ignore
      if (validation !== undefined) {
        progress.validationLoss = validation;
        if (!(progress.best && progress.best.validationLoss <= validation)) {
          progress.best = { step, validationLoss: validation };
          if (recipe.output.keep === "best") await saveModel(step);
        }
      }
      if (step % 10 === 0 || validation !== undefined)
        await appendFile(join(folder, "log.jsonl"), `${JSON.stringify(record)}\n`);
      if (performance.now() - saved > 1000 * checkpointSeconds) {
        await save();
        [saved, savedStep] = [performance.now(), step];
      }
      yield record;
    }
    if (savedStep !== state.step) await save();
    task.dispose();
  }
  return { state, steps, parameters: countParams(state.params), progress, records: records() };
}

/** The recipe as the loop takes it. */
function configOf<P, B extends Fields<B>>(
  recipe: RunSettings,
  { loss, draw, batches }: RecipeTask<P, B>,
  state: Training<P>,
  run: { readonly steps: number; readonly stop: RecipeOptions["stop"] },
): TrainConfig<P, B> {
  const { schedule, optimizer, evaluation, clip, accumulate, precision } = recipe;
  return {
    state,
    loss,
    batch: (step, rng) => draw(rng, step),
    steps: run.steps,
    schedule,
    optimizer,
    evaluate: { every: evaluation.every, batches },
    clip,
    accumulate,
    precision,
    stop: run.stop,
  };
}

const nothingYet = (): RunProgress => ({ seconds: 0, trainLoss: null, validationLoss: null, best: null });

async function resumed<P>(
  checkpoint: string,
  recipe: RunSettings,
  first: P,
): Promise<{ state: Training<P>; progress: RunProgress }> {
  const { state, about } = await loadTraining(checkpoint, first);
  disposeTree(first);
  const before = about["recipe"] as Readonly<Record<string, unknown>> | undefined;
  const now = { ...recipe } as Readonly<Record<string, unknown>>;
  // How long it goes on and what it is called may change; what it computes may not.
  const other = Object.keys(now).find(
    (field) =>
      !["about", "source", "steps"].includes(field) && !isDeepStrictEqual(before?.[field], now[field]),
  );
  if (other !== undefined)
    throw new Error(
      `${checkpoint}: this run has another "${other}": ${JSON.stringify(before?.[other])}, now ` +
        `${JSON.stringify(now[other])}. Cure: the recipe and --seed as they were, or --out for a new run.`,
    );
  return { state, progress: progressSchema.parse(about["progress"]) };
}

/** Takes away what a killed process left: parts of files, and log lines after the checkpoint. */
export async function cleanRun(folder: string, step: number): Promise<void> {
  for (const file of readdirSync(folder))
    if (/^\..+\.safetensors\.[0-9a-f]{12}\.tmp$/.test(file)) await rm(join(folder, file), { force: true });
  const log = join(folder, "log.jsonl");
  if (!existsSync(log)) return;
  const lines = (await readFile(log, "utf8")).split("\n").filter((line) => stepIn(line) <= step);
  writeWhole(log, lines.map((line) => `${line}\n`).join(""));
}

function stepIn(line: string): number {
  try {
    return (JSON.parse(line) as TrainRecord).step;
  } catch {
    return Infinity; // cut off while it was written
  }
}
