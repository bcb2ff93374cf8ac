/**
 * MAML on sine waves, with second and first order, against plain fine-tuning from a network trained on all waves at once.
 *
 *   npx tsx bench/incontext/maml.ts [steps]
 *
 * Writes datasets/incontext-maml: model.json, models.safetensors (float32), training.json (courses and errors).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fork, makeRng, useEngine } from "../../src/engine";
import { adaptationErrors, initSine, meanInterval, sineBatch, trainSine } from "../../src/prompt";
import type { SineParams, SineRunOptions } from "../../src/prompt";
import { saveSines } from "../../src/prompt/node";

const folder = join(__dirname, "..", "..", "datasets", "incontext-maml");
const steps = Number(process.argv[2] ?? 4000);
const seed = 1;
/** Step sizes of fine-tuning. MAML was made for 0.01; the others may take what suits them. */
const rates = [0.001, 0.002, 0.005, 0.01, 0.02];
const tests = { tasks: 300, points: 10, queries: 50, steps: 10 };

async function main(): Promise<void> {
  await useEngine();
  const maml = await trained("maml");
  const firstOrder = await trained("first order");
  const joint = await trained("joint");
  await saveSines(folder, { maml: maml.params, firstOrder: firstOrder.params, joint: joint.params });
  const runs = [
    { method: "maml", ...maml.course, errors: await errors(maml.params) },
    { method: "first order", ...firstOrder.course, errors: await errors(firstOrder.params) },
    { method: "joint", ...joint.course, errors: await errors(joint.params) },
    { method: "random", errors: await errors(initSine(makeRng(seed))) },
  ];
  const command = `npx tsx bench/incontext/maml.ts ${steps}`;
  writeFileSync(join(folder, "training.json"), `${JSON.stringify({ command, seed, steps, tests, runs })}\n`);
}

async function trained(method: SineRunOptions["method"]) {
  const curve: [step: number, loss: number][] = [];
  const started = Date.now();
  let sum = 0;
  const params = await trainSine({
    method,
    steps,
    seed,
    each(step, loss) {
      sum += loss;
      if (step % 100 !== 0) return;
      curve.push([step, rounded(sum / 100)]);
      sum = 0;
      if (step % 1000 === 0) console.log(method, ...curve.at(-1)!);
    },
  });
  return { params, course: { minutes: rounded((Date.now() - started) / 60000), curve } };
}

/**
 * By step size: [mean, low, high] of the squared error after 0, 1, ... steps on waves that nobody was trained with; null
 * where descent ran away (errors above 1,000).
 */
async function errors(params: SineParams) {
  const batch = sineBatch(fork(makeRng(seed), "test"), tests.tasks, tests.points, tests.queries);
  const found: Record<string, (number[] | null)[]> = {};
  for (const rate of rates) {
    const rows = await adaptationErrors(params, batch, { rate, steps: tests.steps });
    found[rate] = rows.map((row) => {
      if (!row.every((error) => error < 1e9)) return null;
      const { estimate, low, high } = meanInterval(row);
      return estimate > 1000 ? null : [estimate, low, high].map(rounded);
    });
  }
  return found;
}

const rounded = (value: number): number => Number(value.toFixed(4));

void main();
