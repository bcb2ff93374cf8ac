/**
 * Trains a small model on plain text of a toy language, then warms it up for learning in context in three ways from the
 * same start: with more plain text, with examples cut out of it (ICT), with labelled tasks (MetaICL). Judged on tasks like
 * those of MetaICL, on new pairs of their topics, and on topics and labels that no warm-up's task has.
 *
 *   npx tsx bench/incontext/warmup.ts [steps on plain text] [steps of each warm-up]
 *
 * Writes datasets/incontext-warmup: model.json, models.safetensors (bfloat16), training.json (courses, accuracy by shots).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fork, makeRng, useEngine } from "../../src/engine";
import type { PositionalParams } from "../../src/models";
import { accuracyByShots, taskParts, toyModel, warmUpRun, warmUps } from "../../src/prompt";
import type { WarmUp, WarmUpOptions } from "../../src/prompt";
import { loadWarmUps, saveWarmUps } from "../../src/prompt/node";
import type { WarmUpModels } from "../../src/prompt/node";
import { countParams } from "../../src/tree";

const folder = join(__dirname, "..", "..", "datasets", "incontext-warmup");
const [plainSteps, warmSteps] = [Number(process.argv[2] ?? 650), Number(process.argv[3] ?? 150)];
const seed = 2;
/** Plain text is left before its schedule ends: the model has just begun to learn in context by itself. */
const schedule = 1000;
const judged = { shots: [0, 1, 2, 4, 8], count: 600 };

async function main(): Promise<void> {
  await useEngine();
  const base = await trained("base", { kind: "plain", steps: schedule, seed }, plainSteps);
  const warm = async (kind: WarmUp) =>
    trained(kind, { kind, steps: warmSteps, from: base.params, seed: seed + 1 });
  const [plain, ict, metaicl] = [await warm("plain"), await warm("ict"), await warm("metaicl")];
  const models = { base: base.params, plain: plain.params, ict: ict.params, metaicl: metaicl.params };
  await saveWarmUps(folder, models);
  // Judged as shipped, in bfloat16.
  const shipped = await loadWarmUps(folder);
  const runs = [];
  for (const [name, { course }] of Object.entries({ base, plain, ict, metaicl }))
    runs.push({ name, ...course, accuracy: await accuracies(shipped[name as keyof WarmUpModels]) });
  const command = `npx tsx bench/incontext/warmup.ts ${plainSteps} ${warmSteps}`;
  const parameters = countParams(base.params);
  const text = JSON.stringify({
    command,
    seed,
    schedule,
    model: toyModel,
    parameters,
    warmUps,
    judged,
    runs,
  });
  writeFileSync(join(folder, "training.json"), `${text}\n`);
}

async function trained(name: string, options: WarmUpOptions, steps = options.steps) {
  const run = warmUpRun({ ...options, stop: () => run.state.step >= steps });
  const { state, records } = run;
  const started = Date.now();
  const curve: [step: number, loss: number][] = [];
  let mean: number | undefined;
  for await (const { step, loss } of records) {
    mean = mean === undefined ? loss : mean + (loss - mean) / Math.min(step, 25);
    if (step % 25 === 0) curve.push([step, rounded(mean)]);
    if (step % 100 === 0) console.log(name, step, mean.toFixed(3));
  }
  const minutes = rounded((Date.now() - started) / 60000);
  return { params: state.params, course: { kind: options.kind, steps, minutes, curve } };
}

/** By part of the tasks: [accuracy, low, high] by shots. */
async function accuracies(params: PositionalParams): Promise<Record<string, number[][]>> {
  const found: Record<string, number[][]> = {};
  for (const part of taskParts) {
    const rows = await accuracyByShots(params, fork(makeRng(seed), part), { ...judged, part });
    found[part] = rows.map(({ estimate, low, high }) => [estimate, low, high].map(rounded));
  }
  return found;
}

const rounded = (value: number): number => Number(value.toFixed(4));

void main();
