import path from "node:path";
import type { Command } from "commander";
import { engineNames, type EngineName, useEngine } from "../engine";
import { duration, progress } from "../lab/progress";
import { disposeTraining } from "../train";
import { parseRecipe } from "../train";
import type { RecipeResult } from "../train";
import { listRecipes, loadRecipe, readRecipe, shippedResult, startRecipe } from "../train/node";
import { writeWhole } from "../text/node/files";
import { whole } from "./numbers";
import { isRlhf, rlhfRow, trainRlhf } from "./rlhf";
import { stopOnInterrupt } from "./stopping";

export interface TrainOptions {
  readonly list?: boolean;
  readonly steps?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly seed?: number;
  readonly engine?: EngineName;
  readonly json?: boolean;
}

/** `lab train tiny`: a model by its recipe, with checkpoints, so that it can be stopped and go on. */
export function registerTrain(program: Command): void {
  program
    .command("train")
    .description("train a model by a recipe; Ctrl-C stops it after a step, and --resume goes on")
    .argument("[recipe]", "the name of a recipe, or the path of a .json file")
    .option("--list", "the recipes there are, and what they came to")
    .option("--steps <n>", "stop after so many updates in all; the schedule stays the recipe's", whole(1))
    .option("--out <folder>", "where model and checkpoints go (default: .lab/train/RECIPE)")
    .option("--resume", "go on from the checkpoint in the folder, bit for bit as if never stopped")
    .option("--seed <n>", "of weights, batches and dropout, instead of the recipe's", whole(0))
    .option("--engine <name>", `compute on this engine: ${engineNames.join(", ")}`)
    .option("--json", "print the result as JSON and nothing else")
    .action(async (recipe: string | undefined, options: TrainOptions) => {
      try {
        const root = path.resolve(__dirname, "..", "..");
        process.exitCode = options.list === true ? await list(options) : await train(root, recipe, options);
      } catch (error) {
        console.error(error instanceof Error ? error.message : String(error));
        process.exitCode = 1;
      }
    });
}

async function list({ json }: TrainOptions): Promise<number> {
  const rows = await Promise.all(
    listRecipes().map(async (name) => {
      const file = await readRecipe(name);
      if (isRlhf(file)) return rlhfRow(file);
      const [{ recipe }, result] = await Promise.all([loadRecipe(name), shippedResult(name)]);
      return { name, about: recipe.about, steps: recipe.steps, result: result ?? null, told: told(result) };
    }),
  );
  if (json) console.log(JSON.stringify(rows.map(({ told: _, ...row }) => row), null, 2)); // prettier-ignore
  else for (const { name, about, steps, told } of rows) console.log(`${name}\n  ${about}\n  ${steps} steps${told}\n`); // prettier-ignore
  return 0;
}

function told(result: RecipeResult | undefined): string {
  if (!result) return "";
  const loss = result.best?.validationLoss.toFixed(3) ?? "not measured";
  return `: validation loss ${loss} in ${result.minutes.toFixed(1)} minutes (${result.engine}, ${result.device})`;
}

/** The exit code: 130 where it was stopped. */
async function train(root: string, wanted: string | undefined, options: TrainOptions): Promise<number> {
  if (wanted === undefined)
    throw new Error("Which recipe? `lab train --list` shows them; then `lab train NAME`.");
  const file = await readRecipe(wanted);
  if (isRlhf(file)) return trainRlhf(root, file, options);
  const { name } = file;
  const shipped = parseRecipe(file.json, file.path);
  const recipe = { ...shipped, seed: options.seed ?? shipped.seed };
  const folder = path.resolve(options.out ?? path.join(root, ".lab", "train", name));
  const { engine, device } = await useEngine({ engine: options.engine });
  const stop = stopOnInterrupt();
  try {
    const run = await startRecipe({ name, recipe }, {
      folder,
      resume: options.resume ?? false,
      stop: stop.asked,
      ...(options.steps === undefined ? {} : { steps: options.steps }),
    }); // prettier-ignore
    const { state, steps, parameters, progress: sofar } = run;
    const say = options.json === true ? () => undefined : (line: string) => console.log(line);
    say(`${name}: ${parameters.toLocaleString("en")} parameters on ${engine} (${device}); files in ${shown(folder)}`); // prettier-ignore
    if (state.step > 0) say(`It goes on after step ${state.step}.`);
    const bar = options.json === true ? undefined : progress(steps, name);
    bar?.step(state.step);
    for await (const { step, validation } of run.records) {
      const losses = `loss ${sofar.trainLoss?.toFixed(3)}${sofar.validationLoss === null ? "" : `, validation ${sofar.validationLoss.toFixed(3)}`}`; // prettier-ignore
      bar?.step(1, losses);
      // Where output is a file there is no bar, so each evaluation is a line.
      if (validation !== undefined && !process.stdout.isTTY)
        say(`step ${step}/${steps}: ${losses}, ${duration(sofar.seconds)}`);
    }
    bar?.end();
    const result: RecipeResult = {
      recipe: name,
      seed: recipe.seed,
      steps: state.step,
      finished: state.step >= recipe.steps,
      parameters,
      trainLoss: sofar.trainLoss,
      validationLoss: sofar.validationLoss,
      best: sofar.best,
      minutes: Number((sofar.seconds / 60).toFixed(2)),
      engine,
      device,
      command: commandOf(wanted, options),
    };
    disposeTraining(state);
    writeWhole(path.join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
    if (options.json) console.log(JSON.stringify(result, null, 2));
    const stopped = stop.asked() && result.steps < steps;
    if (stopped)
      console.error(`Stopped after step ${result.steps}. To go on: ${commandOf(wanted, options)} --resume`);
    else if (result.steps < recipe.steps)
      say(`Step ${result.steps} of the recipe's ${recipe.steps}. To go on: ${commandOf(wanted, { ...options, steps: undefined })} --resume`);
    else say(`Done: validation loss ${sofar.best?.validationLoss.toFixed(4)} after step ${sofar.best?.step}, ${duration(sofar.seconds)}.`); // prettier-ignore
    return stopped ? 130 : 0;
  } finally {
    stop.end();
  }
}

/** The command that repeats the run. */
export function commandOf(recipe: string, { steps, out, seed, engine }: TrainOptions): string {
  const given = { steps, out, seed, engine };
  const flags = Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag} ${value}`])); // prettier-ignore
  return ["lab train", recipe, ...flags].join(" ");
}

const shown = (folder: string): string => path.relative(process.cwd(), folder) || ".";
