/**
 * Trains attention-only models of one and of two layers on random tokens that repeat, and logs when induction heads form.
 *
 *   npx tsx bench/incontext/induction.ts [steps]
 *
 * Writes datasets/incontext-induction: model.json, models.safetensors (bfloat16), training.json (losses and head scores).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fork, makeRng, useEngine } from "../../src/engine";
import { inductionRows, inductionRun, repeatedSegments, repeatLosses } from "../../src/prompt";
import type { AttentionOnlyModel } from "../../src/prompt/node";
import { loadInduction, saveInduction } from "../../src/prompt/node";
import { countParams } from "../../src/tree";

const folder = join(__dirname, "..", "..", "datasets", "incontext-induction");
const steps = Number(process.argv[2] ?? 600);
const seed = 1;

async function main(): Promise<void> {
  await useEngine();
  const [one, two] = [await trained(1), await trained(2)];
  await saveInduction(folder, { one: one.model, two: two.model });
  // Judged as shipped, in bfloat16. All segments are of 20 tokens here, so that places can be compared.
  const shipped = await loadInduction(folder);
  const rows = repeatedSegments(fork(makeRng(seed), "places"), { ...inductionRows, shortest: 20, longest: 20, count: 256 }); // prettier-ignore
  const judged = async ({ params, config }: AttentionOnlyModel) => {
    const { first, again, byPlace } = await repeatLosses(params, config, rows);
    return { first: rounded(first), again: rounded(again), byPlace: byPlace.map(rounded) };
  };
  const runs = [
    { layers: 1, ...one.course, period20: await judged(shipped.one) },
    { layers: 2, ...two.course, period20: await judged(shipped.two) },
  ];
  const command = `npx tsx bench/incontext/induction.ts ${steps}`;
  const text = JSON.stringify({ command, seed, batch: 32, steps, rows: inductionRows, runs });
  writeFileSync(join(folder, "training.json"), `${text}\n`);
}

async function trained(nLayer: number) {
  const { config, state, records } = inductionRun({ nLayer, steps, seed });
  const started = Date.now();
  const curve = [];
  for await (const { step, loss, losses, heads } of records) {
    const best = (score: "induction" | "previous") => Math.max(...heads.map((head) => head[score]));
    curve.push({
      step,
      loss: rounded(loss),
      first: rounded(losses.first),
      again: rounded(losses.again),
      heads: heads.map(({ attention, head, previous, induction }) => ({
        head: `${attention.replace("blocks.", "").replace(".attn", "")}.${head}`,
        previous: rounded(previous),
        induction: rounded(induction),
      })),
    });
    if (step % 100 === 0)
      console.log(
        nLayer,
        step,
        losses.first.toFixed(2),
        losses.again.toFixed(3),
        best("induction").toFixed(2),
      );
  }
  const minutes = rounded((Date.now() - started) / 60000);
  const model: AttentionOnlyModel = { config, params: state.params };
  return { model, course: { parameters: countParams(state.params), minutes, curve } };
}

const rounded = (value: number): number => Number(value.toFixed(4));

void main();
