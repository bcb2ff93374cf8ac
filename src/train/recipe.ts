import { z } from "zod";
import { arithmeticKinds, chainForms, domains, storyStyles } from "../data";
import { checkSchedule } from "./schedules";

/**
 * A training run as data: `recipes/NAME.json`. The model's `vocabSize` is the tokenizer's, its `context` the recipe's.
 */
const whole = (least: number) => z.int().min(least);
const rate = z.number().min(0).lt(1);
const activation = z.enum(["relu", "gelu", "geluTanh", "geglu", "gegluTanh", "swiglu"]);
const sizes = { dModel: whole(1), nLayer: whole(1), nHead: whole(1) };

/** A published masked model that goes on learning: its head, new, and its last `free` blocks; the rest stays. */
export const maskedModelSchema = z.strictObject({
  family: z.literal("bert"),
  base: z.literal("minilm-l6-v2"),
  free: whole(0),
  /** Dropout; 0 without it. */
  rate: rate.optional(),
});

export const modelSchema = z.discriminatedUnion("family", [
  z.strictObject({
    family: z.literal("gpt"),
    ...sizes,
    order: z.enum(["pre", "post"]),
    dFfn: whole(1).optional(),
    activation: activation.optional(),
    rate: rate.optional(),
    epsilon: z.number().positive().optional(),
    band: whole(1).optional(),
  }),
  z.strictObject({
    family: z.literal("llama"),
    ...sizes,
    dFfn: whole(1),
    tied: z.boolean(),
    nKvHead: whole(1).optional(),
    headDim: whole(1).optional(),
    ropeTheta: z.number().positive().optional(),
    epsilon: z.number().positive().optional(),
  }),
]);

/** The model.json beside the weights of a trained model. */
export const savedModelSchema = z.strictObject({
  vocabSize: z.int().positive(),
  context: z.int().positive(),
  model: modelSchema,
});
export type SavedConfig = z.infer<typeof savedModelSchema>;

const warmup = { peak: z.number().positive(), warmup: whole(0).optional() };
const decay = { steps: whole(1), final: z.number().min(0).optional() };
export const scheduleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), ...warmup }),
  z.strictObject({ kind: z.literal("inverseSqrt"), ...warmup }),
  z.strictObject({ kind: z.literal("linear"), ...warmup, ...decay }),
  z.strictObject({ kind: z.literal("cosine"), ...warmup, ...decay }),
]);

/** How AdamW steps, see `AdamWConfig`. */
export const optimizerSchema = z.strictObject({
  beta1: rate.optional(),
  beta2: rate.optional(),
  epsilon: z.number().positive().optional(),
  weightDecay: z.number().min(0).optional(),
  decay: z.enum(["all", "matrices"]).optional(),
});

const common = {
  /** What it trains, in a line. */
  about: z.string().min(1),
  /** Whose run it repeats. */
  source: z.string().min(1).optional(),
  /** Rows of a batch, and tokens of a row. */
  batch: whole(1),
  context: whole(1),
  /** Parts of a batch, one computed after the other. */
  accumulate: whole(1).optional(),
  steps: whole(1),
  schedule: scheduleSchema,
  optimizer: optimizerSchema,
  /** Longest gradient. */
  clip: z.number().positive().optional(),
  precision: z.enum(["f32", "bf16"]).optional(),
  /** Of weights, batches and dropout. */
  seed: z.int().nonnegative(),
  /** Mean loss over `batches` random batches of the judging part, the same ones each time. */
  evaluation: z.strictObject({ every: whole(1), batches: whole(1), seed: z.int().nonnegative() }),
  output: z.strictObject({
    dtype: z.enum(["F32", "F16", "BF16"]),
    /** The parameters of the last step, or those with the best validation loss. */
    keep: z.enum(["last", "best"]),
  }),
};

/** How many problems are learned from. */
const drawn = { count: whole(1), seed: z.int().nonnegative() };

const recipeSchema = z.discriminatedUnion("objective", [
  z.strictObject({
    ...common,
    model: modelSchema,
    /** The next token, everywhere in a text. */
    objective: z.literal("causal"),
    data: z.strictObject({
      /** A text below datasets/, see `loadText`. */
      text: z.string().min(1),
      tokenizer: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("char") }),
        z.strictObject({ kind: z.literal("byte") }),
        z.strictObject({ kind: z.literal("bpe"), vocabSize: whole(257) }),
      ]),
      /** Share of the text, at its end, that is only judged with. */
      validation: z.number().gt(0).lt(1),
    }),
  }),
  z.strictObject({
    ...common,
    model: modelSchema,
    /** The next character of an answer; a question is only read. Rows are lines, see `lineRows` and `shotRows`. */
    objective: z.literal("answers"),
    /** Made problems; those that judge are held out. */
    data: z.discriminatedUnion("problems", [
      z.strictObject({
        /** See `arithmeticProblems`. */
        problems: z.literal("arithmetic"),
        form: z.enum(chainForms),
        kinds: z.array(z.enum(arithmeticKinds)).min(1),
        digits: z.array(whole(1)).min(1),
        ...drawn,
      }),
      z.strictObject({
        /** See `storyProblems`. */
        problems: z.literal("stories"),
        /** Each row is in one of them. */
        styles: z.array(z.enum(storyStyles)).min(1),
        steps: z.array(whole(1)).min(1),
        /** Most solved problems before the last one of a row; those that fit. 0: a problem a row. */
        shots: whole(0),
        ...drawn,
      }),
      /** See `game24Lines`. */
      z.strictObject({ problems: z.literal("game24"), ...drawn }),
    ]),
  }),
  z.strictObject({
    ...common,
    model: maskedModelSchema,
    /** Hidden tokens, 15 % of a text, see `maskedLm`. */
    objective: z.literal("masked"),
    data: z.strictObject({
      /** Data sets, of which the texts to learn from are taken, see `domainTexts`. */
      texts: z.array(z.enum(domains)).min(1),
      /** Share of the rows that are only judged with. */
      validation: z.number().gt(0).lt(1),
    }),
  }),
]);

export type Recipe = z.infer<typeof recipeSchema>;
/** Of a model that reads from left to right, trained from its first weights on. */
export type CausalRecipe = Exclude<Recipe, { readonly objective: "masked" }>;
export type MaskedRecipe = Extract<Recipe, { readonly objective: "masked" }>;
export type RecipeModel = z.infer<typeof modelSchema>;

/** What a run came to: shipped beside its recipe, and written to its folder. */
const resultSchema = z.strictObject({
  recipe: z.string(),
  seed: z.int().nonnegative(),
  /** Updates done, and whether they are all that the recipe asks for. */
  steps: whole(0),
  finished: z.boolean(),
  parameters: whole(1),
  /** Running mean over about 100 steps, in nats. */
  trainLoss: z.number().nullable(),
  /** The last evaluation's, and the best one's, which "keep": "best" saves. */
  validationLoss: z.number().nullable(),
  best: z.strictObject({ step: whole(1), validationLoss: z.number() }).nullable(),
  /** Time of all steps, without evaluation; of several processes where the run was resumed. */
  minutes: z.number().nonnegative(),
  engine: z.string(),
  device: z.string(),
  command: z.string(),
});
export type RecipeResult = z.infer<typeof resultSchema>;

/**
 * A recipe from JSON.
 * @param source begins error messages
 * @throws Error that names the source, each wrong field and what it must be
 */
export function parseRecipe(json: string, source = "recipe"): Recipe {
  const recipe = parseJson(recipeSchema, json, source);
  try {
    checkSchedule(recipe.schedule);
    if (recipe.objective !== "masked") {
      const { dModel, nHead } = recipe.model;
      if (dModel % nHead !== 0)
        throw new RangeError(`model: dModel ${dModel} must be a multiple of nHead ${nHead}`);
    }
    const { batch, accumulate = 1 } = recipe;
    if (batch % accumulate !== 0)
      throw new RangeError(`accumulate: a batch of ${batch} has no ${accumulate} equal parts`);
  } catch (error) {
    throw new RangeError(`${source}: ${(error as Error).message}`);
  }
  return recipe;
}

/** What a run came to, from JSON. @throws as `parseRecipe` */
export function parseResult(json: string, source = "result"): RecipeResult {
  return parseJson(resultSchema, json, source);
}

/** JSON of a given form. @throws Error that names the source, each wrong field and what it must be */
export function parseJson<T extends z.ZodType>(schema: T, json: string, source: string): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`${source}: it is no JSON: ${(error as Error).message}`);
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Error(`${source}: it is not as it must be:\n${z.prettifyError(read.error)}`);
}
