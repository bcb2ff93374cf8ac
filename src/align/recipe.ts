import { z } from "zod";
import { modelSchema, optimizerSchema, parseJson, scheduleSchema } from "../train";

/**
 * All of RLHF as data: a base model, SFT, a reward model and PPO, one after the other, on the tales of `taleWorld`.
 * `lab train rlhf` runs it.
 */
const whole = (least: number) => z.int().min(least);
const stage = { batch: whole(1), steps: whole(1), schedule: scheduleSchema };

const rlhfSchema = z.strictObject({
  /** What it trains, in a line. */
  about: z.string().min(1),
  /** Whose run it repeats. */
  source: z.string().min(1).optional(),
  objective: z.literal("rlhf"),
  model: modelSchema,
  /** Of weights, data, labels and answers. */
  seed: z.int().nonnegative(),
  optimizer: optimizerSchema,
  /** Longest gradient. */
  clip: z.number().positive(),
  dtype: z.enum(["F32", "F16", "BF16"]),
  /** The model that has read tales of any kind, and notes. */
  base: z.strictObject({ ...stage, texts: whole(1) }),
  /** Demonstrations of careful writers. */
  sft: z.strictObject({ ...stage, demonstrations: whole(1) }),
  /** One pass over rankings of the SFT model's answers; `batch` requests a step, so there are requests / batch steps. */
  reward: z.strictObject({
    requests: whole(1),
    answers: whole(2),
    batch: whole(1),
    peak: z.number().positive(),
    /** Who ranks, see `taleLabellers`: each request goes to one of them, in turn. */
    labellers: z.array(z.string()).min(1),
    /** How noisy they are, see `labelRanks`. */
    temperature: z.number().min(0),
  }),
  ppo: z.strictObject({
    iterations: whole(1),
    batch: whole(1),
    epochs: whole(1),
    minibatches: whole(1),
    schedule: scheduleSchema,
    beta: z.number().min(0),
    /** What the pretraining mix counts; 0: plain PPO. */
    ptx: z.number().min(0),
    maxKl: z.number().positive(),
  }),
});
export type RlhfRecipe = z.infer<typeof rlhfSchema>;

export const rlhfStages = ["base", "sft", "reward", "ppo"] as const;
export type RlhfStage = (typeof rlhfStages)[number];

/**
 * A recipe of RLHF from JSON.
 * @throws Error that names the source, each wrong field and what it must be
 */
export function parseRlhf(json: string, source = "recipe"): RlhfRecipe {
  const recipe = parseJson(rlhfSchema, json, source);
  if (recipe.ppo.batch % recipe.ppo.minibatches !== 0)
    throw new RangeError(
      `${source}: ppo.minibatches: ${recipe.ppo.batch} answers do not make ${recipe.ppo.minibatches} parts of one size`,
    );
  if (recipe.reward.requests % recipe.reward.batch !== 0)
    throw new RangeError(`${source}: reward.batch: ${recipe.reward.requests} requests are no whole number of steps of ${recipe.reward.batch}`); // prettier-ignore
  return recipe;
}

/** What a run came to: shipped beside its recipe, and written to its folder. */
const resultSchema = z.strictObject({
  recipe: z.string(),
  seed: z.int().nonnegative(),
  finished: z.boolean(),
  parameters: whole(1),
  /** By stage: updates (of PPO iterations) done, and what was measured on requests that nobody learned from. */
  stages: z.partialRecord(
    z.enum(rlhfStages),
    z.strictObject({ steps: whole(0), minutes: z.number(), measured: z.record(z.string(), z.number()) }),
  ),
  minutes: z.number().nonnegative(),
  engine: z.string(),
  device: z.string(),
  command: z.string(),
});
export type RlhfResult = z.infer<typeof resultSchema>;

/** What a run came to, from JSON. @throws as `parseRlhf` */
export const parseRlhfResult = (json: string, source = "result"): RlhfResult =>
  parseJson(resultSchema, json, source);
