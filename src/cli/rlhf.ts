import path from "node:path";
import { existsSync } from "node:fs";
import { parseRlhf, parseRlhfResult, rlhfStages } from "../align";
import type { RlhfResult, RlhfStage } from "../align";
import { measureRlhf, runRlhf, stageProgress } from "../align/node";
import { useEngine } from "../engine";
import { duration, progress, type Progress } from "../lab/progress";
import { writeWhole } from "../text/node/files";
import { readResult } from "../train/node";
import type { RecipeFile } from "../train/node";
import { stopOnInterrupt } from "./stopping";
import { commandOf, type TrainOptions } from "./train";

/** Whether a recipe is one of RLHF, which has stages. */
export function isRlhf({ json }: RecipeFile): boolean {
  try {
    return (JSON.parse(json) as { objective?: unknown } | null)?.objective === "rlhf";
  } catch {
    return false; // whoever reads it says what is wrong
  }
}

/** A row of `lab train --list`. */
export async function rlhfRow({ name, path: file, json }: RecipeFile) {
  const recipe = parseRlhf(json, file);
  const shipped = await readResult(name);
  const result = shipped ? parseRlhfResult(shipped.json, shipped.path) : undefined;
  const { base, sft, reward, ppo } = recipe;
  const steps = base.steps + sft.steps + reward.requests / reward.batch + ppo.iterations;
  const gold = (stage: RlhfStage): string => result?.stages[stage]?.measured["gold"]?.toFixed(2) ?? "?";
  const told = result
    ? `: gold reward ${gold("base")}, SFT ${gold("sft")}, PPO ${gold("ppo")} in ${result.minutes.toFixed(1)} minutes (${result.engine}, ${result.device})`
    : "";
  return { name, about: recipe.about, steps, result: result ?? null, told };
}

/** `lab train rlhf`: all stages of a recipe, each where the last run left it. The exit code: 130 where it was stopped. */
export async function trainRlhf(root: string, file: RecipeFile, options: TrainOptions): Promise<number> {
  const { name } = file;
  if (options.steps !== undefined)
    throw new Error(`--steps: ${name} has stages with steps of their own. Cure: a copy of the recipe with other numbers.`); // prettier-ignore
  const shipped = parseRlhf(file.json, file.path);
  const recipe = { ...shipped, seed: options.seed ?? shipped.seed };
  const folder = path.resolve(options.out ?? path.join(root, ".lab", "train", name));
  const before = path.join(folder, "base", "training.safetensors");
  if (options.resume === true && !existsSync(before))
    throw new Error(`${before}: there is no checkpoint. Cure: check the folder, or start anew without resuming.`); // prettier-ignore
  const { engine, device } = await useEngine({ engine: options.engine });
  const stop = stopOnInterrupt();
  const say = options.json === true ? () => undefined : (line: string) => console.log(line);
  say(`${name}: ${rlhfStages.join(", ")} on ${engine} (${device}); files in ${path.relative(process.cwd(), folder) || "."}`); // prettier-ignore
  let bar: Progress | undefined;
  let stage: RlhfStage | undefined;
  try {
    const records = runRlhf({ name, recipe }, { folder, resume: options.resume === true, stop: stop.asked });
    for await (const record of records) {
      if (record.stage !== stage) {
        bar?.end();
        stage = record.stage;
        say(`stage ${stage}`);
        bar = options.json === true ? undefined : progress(record.steps, stage);
        bar?.step(record.step - 1);
      }
      const losses = tellable(record.told);
      bar?.step(1, losses);
      const due = record.step % Math.max(1, Math.floor(record.steps / 10)) === 0;
      if (due && !process.stdout.isTTY) say(`step ${record.step}/${record.steps}: ${losses}`);
    }
    bar?.end();
    if (stop.asked()) {
      console.error(`Stopped in stage ${stage ?? "base"}. To go on: ${commandOf(name, { ...options, steps: undefined })} --resume`); // prettier-ignore
      return 130;
    }
    const { parameters, stages } = await measureRlhf(recipe, folder);
    const done = await Promise.all(rlhfStages.map((each) => stageProgress(folder, each)));
    const minutes = (seconds: number): number => Number((seconds / 60).toFixed(2));
    const result: RlhfResult = {
      recipe: name,
      seed: recipe.seed,
      finished: true,
      parameters,
      stages: Object.fromEntries(
        rlhfStages.map((each, i) => {
          const { steps, seconds } = done[i]!;
          return [each, { steps, minutes: minutes(seconds), measured: stages[each] }];
        }),
      ),
      minutes: minutes(done.reduce((sum, { seconds }) => sum + seconds, 0)),
      engine,
      device,
      command: commandOf(name, options),
    };
    writeWhole(path.join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
    if (options.json) console.log(JSON.stringify(result, null, 2));
    for (const each of rlhfStages) say(`${each}: ${tellable(stages[each])}`);
    say(`Done, ${duration(result.minutes * 60)}.`);
    return 0;
  } finally {
    stop.end();
  }
}

/** "loss 0.663, kl 4.21" */
const tellable = (told: Readonly<Record<string, number>>): string =>
  Object.entries(told)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join(", ");
