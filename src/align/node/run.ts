/** Runs a recipe of RLHF, stage by stage, with its files, for Node. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fork, makeRng } from "../../engine";
import { taleRequests } from "../../data";
import { trainedDecoder } from "../../generate";
import type { Decoder } from "../../models";
import type { CausalParams, Fields, Schedule } from "../../train";
import { loadTrained, startTask } from "../../train/node";
import type { RecipeTask } from "../../train/node";
import { disposeTraining } from "../../train";
import { disposeTree } from "../../tree";
import type { RlhfRecipe, RlhfStage } from "../recipe";
import type { ComparedAnswers } from "../reward";
import { drawTales, labelTales, taleLabellers, taleWorld } from "../tales";
import type { TaleLabeller, TaleWorld } from "../tales";
import { ppoStage } from "./ppoStage";
import { baseTask, rewardTask, sftTask } from "./stages";

export interface RlhfOptions {
  /** Where the run's files go: a folder a stage. */
  readonly folder: string;
  readonly resume?: boolean;
  readonly stop?: AbortSignal | (() => boolean);
  /** Seconds between two checkpoints; 60 without it. */
  readonly checkpointSeconds?: number;
}

/** What a step of a stage did. */
export interface RlhfRecord {
  readonly stage: RlhfStage;
  /** 1 after the first; PPO's are iterations. */
  readonly step: number;
  readonly steps: number;
  readonly seconds: number;
  /** "loss", "validation"; of PPO "reward", "kl", "gold", ... */
  readonly told: Readonly<Record<string, number>>;
}

/** A run's parts, for its stages. */
export interface RlhfRun {
  readonly name: string;
  readonly recipe: RlhfRecipe;
  readonly options: RlhfOptions;
  readonly world: TaleWorld;
}

/** Rankings that judge a reward model. */
const JUDGED = 120;

/**
 * Runs all stages. The folders in `folder` are base/, sft/, reward/ and ppo/: each has its checkpoint and its model, which
 * `loadTrained` reads, and `loadReward` that of reward/. A stage that is done is not run again; one that was stopped goes on
 * bit for bit as if it never had been.
 * @throws Error where the folder holds a run and `resume` is not set, or another recipe's; TrainingError, PpoError
 */
export async function* runRlhf(
  { name, recipe }: { readonly name: string; readonly recipe: RlhfRecipe },
  options: RlhfOptions,
): AsyncGenerator<RlhfRecord> {
  const world = taleWorld();
  const run: RlhfRun = { name, recipe, options, world };
  const { base, sft, reward } = recipe;
  if (!(yield* taskStage(run, "base", base, () => baseTask(recipe, world)))) return;

  const first = await loadTrained(join(options.folder, "base"));
  try {
    if (!(yield* taskStage(run, "sft", sft, () => sftTask(recipe, world, first.params)))) return;
  } finally {
    disposeTree(first.params);
  }

  const tuned = await loadTrained(join(options.folder, "sft"));
  const model = trainedDecoder(tuned) as Decoder<CausalParams>;
  try {
    const steps = reward.requests / reward.batch;
    const warmup = Math.ceil(steps / 10);
    const schedule: Schedule = { kind: "cosine", peak: reward.peak, warmup, steps, final: reward.peak / 10 };
    const compared = await rankings(run, model);
    if (!(yield* taskStage(run, "reward", { steps, schedule }, () => rewardTask(recipe, world, model, compared)))) return; // prettier-ignore
    yield* ppoStage(run, model);
  } finally {
    disposeTree(tuned.params);
  }
}

/**
 * A stage of the training loop.
 * @returns whether it is done, and was not stopped
 */
async function* taskStage<P, B extends Fields<B>>(
  { name, recipe, options }: RlhfRun,
  stage: RlhfStage,
  { steps, schedule }: { readonly steps: number; readonly schedule: Schedule },
  task: () => RecipeTask<P, B>,
): AsyncGenerator<RlhfRecord, boolean> {
  const folder = join(options.folder, stage);
  const { optimizer, clip, seed, dtype } = recipe;
  const evaluation = { every: Math.max(1, Math.floor(steps / 10)), batches: 1, seed };
  const settings = { steps, schedule, optimizer, clip, seed, evaluation, output: { dtype, keep: "last" as const } }; // prettier-ignore
  const { stop, checkpointSeconds = 60, resume = false } = options;
  const run = await startTask(`${name}, ${stage}`, settings, task(), {
    folder,
    stop,
    checkpointSeconds,
    resume: resume && existsSync(join(folder, "training.safetensors")),
  });
  try {
    for await (const { step, loss, validation, seconds } of run.records)
      yield { stage, step, steps, seconds, told: { loss, ...(validation === undefined ? {} : { validation }) } }; // prettier-ignore
    return run.state.step >= steps;
  } finally {
    disposeTraining(run.state);
  }
}

/** What the labellers say of the SFT model's answers; those that judge are ranked without noise, by the gold reward. */
async function rankings(
  { recipe, world }: RlhfRun,
  sft: Decoder,
): Promise<{ train: ComparedAnswers[]; test: ComparedAnswers[] }> {
  const rng = fork(makeRng(recipe.seed), "rankings");
  const { requests, answers, temperature } = recipe.reward;
  const draw = (count: number, part: "train" | "test") =>
    drawTales(world, sft, taleRequests(count, part, fork(rng, part)), answers, fork(rng, `${part} answers`));
  const labellers = recipe.reward.labellers.map(labellerOf);
  const train = (await draw(requests, "train")).flatMap((own, i) =>
    labelTales(world, [own], labellers[i % labellers.length] as TaleLabeller, temperature, fork(rng, i)),
  );
  const [exact] = taleLabellers as readonly [TaleLabeller];
  return { train, test: labelTales(world, await draw(JUDGED, "test"), exact, 0, rng) };
}

function labellerOf(name: string): TaleLabeller {
  const found = taleLabellers.find((each) => each.name === name);
  if (!found)
    throw new Error(`reward.labellers: there is no "${name}". There are: ${taleLabellers.map((each) => each.name).join(", ")}`); // prettier-ignore
  return found;
}
