/** Trained learners in context on disk, for Node. */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeSafetensors } from "../../checkpoints";
import type { FloatDtype } from "../../checkpoints";
import { makeRng } from "../../engine";
import { initPositional } from "../../models";
import type { PositionalParams } from "../../models";
import { modelFolder } from "../../text/node/place";
import { writeWhole } from "../../text/node/files";
import { readTreeFile } from "../../train/node/tree";
import { disposeTree, namedTensors } from "../../tree";
import { initAttentionOnly, initRegression, initSine, toyModel } from "../incontext";
import type { AttentionOnlyConfig, AttentionOnlyParams, RegressionConfig, RegressionParams, SineParams, WarmUp } from "../incontext"; // prettier-ignore

/** A model of `regression`, and the noise in the examples that it was trained with. */
export interface RegressionModel {
  readonly config: RegressionConfig;
  readonly noise: number;
  readonly params: RegressionParams;
}

const whole = z.int().positive();
const regressionSchema = z.strictObject({
  config: z.strictObject({ dimension: whole, points: whole, dModel: whole, nLayer: whole, nHead: whole }),
  noise: z.number().min(0),
});
const regressionFile = z.strictObject({ clean: regressionSchema, noisy: regressionSchema });

/** Writes model.json and models.safetensors (in bfloat16), each whole or not at all. */
export async function saveRegression(
  folder: string,
  models: Readonly<Record<"clean" | "noisy", RegressionModel>>,
): Promise<void> {
  const about = ({ config, noise }: RegressionModel) => ({ config, noise });
  await saveModels(
    folder,
    { clean: about(models.clean), noisy: about(models.noisy) },
    { clean: models.clean.params, noisy: models.noisy.params },
  );
}

/**
 * The two models that bench/incontext/regression.ts trains; the caller disposes their parameters.
 * @param place a folder, or the name of one below datasets/
 * @throws Error that names the file that is missing or wrong, and the cure
 */
export async function loadRegression(
  place = "incontext-regression",
): Promise<Record<"clean" | "noisy", RegressionModel>> {
  const { about, params } = await loadModels(place, regressionFile, ({ clean, noisy }) => ({
    clean: initRegression(clean.config, makeRng(0)),
    noisy: initRegression(noisy.config, makeRng(0)),
  }));
  return {
    clean: { ...about.clean, params: params.clean },
    noisy: { ...about.noisy, params: params.noisy },
  };
}

/** A model of `attentionOnly`. */
export interface AttentionOnlyModel {
  readonly config: AttentionOnlyConfig;
  readonly params: AttentionOnlyParams;
}

const attentionSchema = z.strictObject({
  config: z.strictObject({ vocabSize: whole, context: whole, dModel: whole, nLayer: whole, nHead: whole }),
});
const inductionFile = z.strictObject({ one: attentionSchema, two: attentionSchema });

/** Writes the models of one and of two layers, as `saveRegression` does. */
export async function saveInduction(
  folder: string,
  { one, two }: Readonly<Record<"one" | "two", AttentionOnlyModel>>,
): Promise<void> {
  await saveModels(
    folder,
    { one: { config: one.config }, two: { config: two.config } },
    { one: one.params, two: two.params },
  );
}

/** The models of one and of two layers that bench/incontext/induction.ts trains; otherwise as `loadRegression`. */
export async function loadInduction(
  place = "incontext-induction",
): Promise<Record<"one" | "two", AttentionOnlyModel>> {
  const { about, params } = await loadModels(place, inductionFile, ({ one, two }) => ({
    one: initAttentionOnly(one.config, makeRng(0)),
    two: initAttentionOnly(two.config, makeRng(0)),
  }));
  return {
    one: { ...about.one, params: params.one },
    two: { ...about.two, params: params.two },
  };
}

/** The three first parameters of the sine network that bench/incontext/maml.ts makes. */
export type SineModels = Readonly<Record<"maml" | "firstOrder" | "joint", SineParams>>;

const sineFile = z.strictObject({ hidden: z.array(whole) });

/** Writes them in float32: first parameters that are rounded adapt otherwise. */
export async function saveSines(folder: string, models: SineModels): Promise<void> {
  const hidden = models.maml.slice(0, -1).map(({ bias }) => bias.size);
  await saveModels(folder, { hidden }, models, "F32");
}

/** What `saveSines` wrote; otherwise as `loadRegression`. */
export async function loadSines(place = "incontext-maml"): Promise<SineModels> {
  const { params } = await loadModels(place, sineFile, ({ hidden }) => ({
    maml: initSine(makeRng(0), hidden),
    firstOrder: initSine(makeRng(0), hidden),
    joint: initSine(makeRng(0), hidden),
  }));
  return params;
}

/** The toy's model after plain text, and after each warm-up from there on. */
export type WarmUpModels = Readonly<Record<"base" | WarmUp, PositionalParams>>;

const warmUpFile = z.strictObject({
  vocabSize: z.literal(toyModel.vocabSize),
  dModel: z.literal(toyModel.dModel),
});

export async function saveWarmUps(folder: string, models: WarmUpModels): Promise<void> {
  const { vocabSize, dModel } = toyModel;
  await saveModels(folder, { vocabSize, dModel }, models);
}

/** The four models that bench/incontext/warmup.ts trains, all of `toyModel`; otherwise as `loadRegression`. */
export async function loadWarmUps(place = "incontext-warmup"): Promise<WarmUpModels> {
  const like = () => initPositional(toyModel, makeRng(0));
  const { params } = await loadModels(place, warmUpFile, () => ({
    base: like(),
    plain: like(),
    ict: like(),
    metaicl: like(),
  }));
  return params;
}

async function saveModels(
  folder: string,
  about: unknown,
  params: unknown,
  dtype: FloatDtype = "BF16",
): Promise<void> {
  await mkdir(folder, { recursive: true });
  writeWhole(join(folder, "model.json"), `${JSON.stringify(about, null, 2)}\n`);
  await writeSafetensors(join(folder, "models.safetensors"), Object.fromEntries(namedTensors(params)), {
    dtype,
    metadata: { format: "pt" },
  });
}

/** @param like from what model.json says to a tree of the shapes that the weights must have; it is disposed */
async function loadModels<S extends z.ZodType, P>(
  place: string,
  schema: S,
  like: (about: z.infer<S>) => P,
): Promise<{ about: z.infer<S>; params: P }> {
  const folder = modelFolder(place);
  const path = join(folder, "model.json");
  if (!existsSync(path))
    throw new Error(
      `${folder}: it holds no trained learner (no model.json). Cure: restore datasets/${place} with git, or train it with its script in bench/incontext.`,
    );
  const about = parseAbout(schema, await readFile(path, "utf8"), path);
  const shapes = like(about);
  try {
    return { about, params: await readTreeFile(join(folder, "models.safetensors"), shapes) };
  } finally {
    disposeTree(shapes);
  }
}

function parseAbout<S extends z.ZodType>(schema: S, json: string, path: string): z.infer<S> {
  try {
    return schema.parse(JSON.parse(json));
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`${path}: it does not describe the learner: ${said}`);
  }
}
