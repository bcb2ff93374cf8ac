/**
 * In-context learning measured on SmolLM2-135M-Instruct: shots, labels, orders, forms (plan.ts), and demonstrations chosen
 * for each item (selection.ts). Calls are kept in .lab/icl-calls.jsonl, so it goes on where it was stopped.
 *
 *   npx tsx bench/icl/run.ts [most minutes] [first so many runs]
 *
 * Writes datasets/icl-runs/runs.json.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "../../src/checkpoints";
import { useEngine } from "../../src/engine";
import { decoderOf } from "../../src/generate";
import { cachedScorer, causalScorer, classify, contentFreeTexts } from "../../src/prompt";
import { fileStore } from "../../src/prompt/node";
import { plan } from "./plan";
import type { Run } from "./plan";
import { learnedRun, nearestRuns } from "./selection";
import { makeTasks, patternOf, shotsOf } from "./tasks";
import type { Task } from "./tasks";

const root = join(__dirname, "..", "..");
const folder = join(root, "datasets", "icl-runs");
const file = join(folder, "runs.json");
const model = "smollm2-135m-instruct";
/** Four digits, also of what is small: calibration divides by it. */
const rounded = (p: number): number => Number(p.toPrecision(4));

/** A run with what the model said: probabilities of the labels, [items][labels], and of them for content-free texts. */
export interface Result {
  readonly experiment: string;
  readonly task: string;
  readonly variant: string;
  readonly seed: number;
  readonly shots?: readonly (readonly [row: number, label: string | null])[];
  readonly p: readonly (readonly number[])[];
  readonly contentFree?: readonly (readonly number[])[];
  /** Mean tokens of a prompt. */
  readonly tokens: number;
  readonly seconds: number;
}

const keyOf = ({ experiment, task, variant, seed }: Omit<Run, "shots" | "form" | "items">): string =>
  [experiment, task, variant, seed].join(" ");

async function main(minutes: number, most: number): Promise<void> {
  await useEngine();
  const loaded = await loadModel(model);
  const tokenizer = loaded.tokenizer!;
  const scorer = causalScorer(decoderOf(loaded), { widths: [16, 24, 32, 64] });
  const cached = cachedScorer(scorer, fileStore(join(root, ".lab", "icl-calls.jsonl")), {
    model,
    weights: "f32",
    version: "causal 1",
  });
  const tasks = makeTasks(tokenizer);
  // Room for the longest prompt at once: a program is compiled for each size.
  await scorer.score([{ prompt: new Array<number>(300).fill(1), answers: [[1]] }]);
  const before: Result[] = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as { runs: Result[] }).runs
    : [];
  const secondsOf = new Map(before.map((result) => [keyOf(result), result.seconds]));
  const { first, later } = plan(tasks);
  const results: Result[] = [];
  const end = Date.now() + minutes * 60_000;

  const save = (): void => {
    mkdirSync(folder, { recursive: true });
    const done = new Set(results.map(keyOf));
    const planned = new Set([...first, ...later].map(keyOf));
    const kept = before.filter((result) => !done.has(keyOf(result)) && (planned.has(keyOf(result)) || result.experiment === "selection")); // prettier-ignore
    const head = {
      command: "npx tsx bench/icl/run.ts",
      model,
      tasks: Object.values(tasks).map(({ name, labels, form, test }) => ({ name, labels, ...form, test })),
    };
    const runs = [...results, ...kept];
    const lines = runs.map((run) => ` ${JSON.stringify(run)}`).join(",\n");
    writeFileSync(file, `${JSON.stringify(head, null, 1).slice(0, -2)},\n "runs": [\n${lines}\n ]\n}\n`);
  };

  /** Every run but a selection has one list of demonstrations for all items, and a bias that can be measured. */
  const measure = async (run: Run, task: Task): Promise<Result> => {
    const shots = shotsOf(run.form, run.shots.map(({ row, label }) => ({ text: task.rows[row]!.text, label }))); // prettier-ignore
    const pattern = patternOf(run.form);
    const texts = [...task.test.slice(0, run.items).map((row) => task.rows[row]!.text), ...contentFreeTexts];
    const [started, asked, read] = [Date.now(), cached.asked, scorer.read];
    const answers = await classify(cached, pattern, tokenizer, texts.map((text) => ({ shots, text })), task.labels); // prettier-ignore
    const seconds = (Date.now() - started) / 1000;
    const p = answers.map(({ probabilities }) => probabilities.map(rounded));
    const right = p.slice(0, run.items).filter((row, i) => task.labels[row.indexOf(Math.max(...row))] === task.rows[task.test[i]!]!.label).length; // prettier-ignore
    console.log(
      `${keyOf(run).padEnd(28)} ${((100 * right) / run.items).toFixed(0)} %  ${seconds.toFixed(1)} s, ${scorer.read - read} tokens`,
    );
    return {
      experiment: run.experiment,
      task: run.task,
      variant: run.variant,
      seed: run.seed,
      shots: run.shots.map(({ row, label }) => [row, label ?? null] as const),
      p: p.slice(0, run.items),
      contentFree: p.slice(run.items),
      tokens: Math.round(answers.reduce((sum, { tokens }) => sum + tokens, 0) / answers.length),
      seconds: cached.asked > asked ? Number(seconds.toFixed(1)) : (secondsOf.get(keyOf(run)) ?? 0),
    };
  };

  const series = async (runs: readonly Run[]): Promise<void> => {
    for (const run of runs) {
      if (Date.now() > end) break;
      results.push(await measure(run, tasks[run.task as keyof typeof tasks]));
      if (results.length % 5 === 0) save();
    }
    save();
  };
  await series(first.slice(0, most));
  if (most === Infinity) {
    const setting = {
      cached,
      tokenizer,
      tasks,
      late: () => Date.now() > end,
      done(result: Result) {
        results.push({ ...result, seconds: result.seconds || (secondsOf.get(keyOf(result)) ?? 0) });
        save();
      },
    };
    await nearestRuns(setting);
    await series(later);
    await learnedRun(setting);
  }
  scorer.dispose();
  loaded.dispose();
}

void main(Number(process.argv[2] ?? 60), Number(process.argv[3] ?? Infinity));
