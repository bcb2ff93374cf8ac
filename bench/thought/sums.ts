/**
 * Addition by models of three sizes and six forms of an answer, on the same held-out sums. Trainings can be stopped and
 * go on; the shipped models arithmetic-direct and arithmetic-scratchpad are the largest size.
 *
 *   npx tsx bench/thought/sums.ts train direct-32 scratchpad-32 ...    one after the other, into .lab/thought
 *   npx tsx bench/thought/sums.ts measure                              writes datasets/thought-runs/sums.json
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { arithmeticProblems, chainForms, workedLine } from "../../src/data";
import type { ChainForm } from "../../src/data";
import { makeRng, useEngine } from "../../src/engine";
import { trainedDecoder } from "../../src/generate";
import { arithmeticScores, decoderWriter } from "../../src/prompt";
import { disposeTraining } from "../../src/train";
import type { Recipe, RecipeResult } from "../../src/train";
import { loadRecipe, loadTrained, shippedResult, startRecipe } from "../../src/train/node";
import { writeWhole } from "../../src/text/node/files";
import { disposeTree } from "../../src/tree";
import { minutesSince, work, writeResult } from "./runs";

const sizes = [32, 64, 128];
/** All forms at the middle size; with and without a scratchpad at each. */
const runs = sizes.flatMap((dModel) =>
  chainForms
    .filter((form) => dModel === 64 || form === "direct" || form === "scratchpad")
    .map((form) => ({ name: `${form}-${dModel}`, form, dModel })),
);
const count = 200; // problems of each size
const folderOf = (name: string): string => join(work, `sums-${name}`);

/** The recipe of arithmetic-scratchpad with another form and size, and the context that its longest line needs. */
async function recipeOf(form: ChainForm, dModel: number): Promise<Recipe> {
  const { recipe } = await loadRecipe("arithmetic-scratchpad");
  const drawn = arithmeticProblems({ count: 2000, digits: [4], part: "train" }, makeRng(1));
  const longest = Math.max(...drawn.map((problem) => workedLine(problem, form).length));
  const context = Math.ceil(longest / 8) * 8;
  const data = { ...recipe.data, form } as Recipe["data"];
  return { ...recipe, data, context, model: { ...recipe.model, dModel } } as Recipe;
}

async function trainOne(name: string): Promise<void> {
  const run = runs.find((each) => each.name === name);
  if (!run) throw new Error(`${name}: one of ${runs.map((each) => each.name).join(", ")}`);
  const folder = folderOf(name);
  if (existsSync(join(folder, "result.json"))) return;
  const recipe = await recipeOf(run.form, run.dModel);
  const resume = existsSync(join(folder, "training.safetensors"));
  const { engine, device } = await useEngine({});
  const { state, parameters, progress, records } = await startRecipe({ name, recipe }, { folder, resume, checkpointSeconds: 60 }); // prettier-ignore
  for await (const { step, validation } of records)
    if (validation !== undefined)
      console.log(name, step, validation.toFixed(4), progress.seconds.toFixed(0), "s");
  const result: RecipeResult = {
    recipe: name,
    seed: recipe.seed,
    steps: state.step,
    finished: true,
    parameters,
    trainLoss: progress.trainLoss,
    validationLoss: progress.validationLoss,
    best: progress.best,
    minutes: Number((progress.seconds / 60).toFixed(2)),
    engine,
    device,
    command: `npx tsx bench/thought/sums.ts train ${name}`,
  };
  disposeTraining(state);
  writeWhole(join(folder, "result.json"), `${JSON.stringify(result)}\n`);
}

async function measure(): Promise<void> {
  const { engine, device } = await useEngine({});
  const started = performance.now();
  const problems = [2, 3, 4].flatMap((size) =>
    arithmeticProblems({ count, digits: [size], part: "test" }, makeRng(11)),
  );
  const rows = [];
  for (const { name, form, dModel } of runs) {
    const place = dModel === 128 ? `arithmetic-${form}` : folderOf(name);
    const result = dModel === 128 ? await shippedResult(place) : (JSON.parse(readFileSync(join(place, "result.json"), "utf8")) as RecipeResult); // prettier-ignore
    if (!result) throw new Error(`${place}: no result`);
    const saved = await loadTrained(place);
    const { writeEach } = decoderWriter({ decoder: trainedDecoder(saved), tokenizer: saved.tokenizer, rng: makeRng(1), batch: count }); // prettier-ignore
    const { scores, written } = await arithmeticScores(writeEach, problems, form);
    const wrong = written.filter(({ right }) => !right).slice(-2);
    const { parameters, seed, steps, minutes, validationLoss } = result;
    rows.push({ form, dModel, parameters, seed, steps, minutes, validationLoss, byDigits: scores, mistakes: wrong.map(({ problem, text }) => problem.question + text) }); // prettier-ignore
    console.log(
      form,
      dModel,
      scores.map(({ right }) => right).join(" "),
      wrong.map(({ text }) => text),
    );
    disposeTree(saved.params);
  }
  writeResult("sums", {
    about: `Right of ${count} held-out sums of each number of digits, greedy. Trained on sums of 1 to 4 digits; 128 are the shipped models.`,
    command: "npx tsx bench/thought/sums.ts measure",
    problems: { count, digits: [2, 3, 4], seed: 11 },
    engine,
    device,
    minutes: minutesSince(started),
    rows,
  });
}

async function main([what, ...names]: readonly string[]): Promise<void> {
  if (what === "measure") return measure();
  if (what !== "train") throw new Error("What? train NAME ... or measure");
  for (const name of names.length > 0 ? names : runs.filter(({ dModel }) => dModel < 128).map(({ name }) => name)) await trainOne(name); // prettier-ignore
}

void main(process.argv.slice(2));
