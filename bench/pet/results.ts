/** Results that grow: each run is written as it ends, and what is there is not run again. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { useEngine } from "../../src/engine";

/** One trained or untrained classifier, judged on the task's test rows. */
export interface Run {
  readonly method: string;
  readonly task: string;
  /** Labelled rows that it learned from. */
  readonly labels: number;
  readonly seed: number;
  readonly pattern?: string;
  readonly correct: number;
  readonly total: number;
  /** What else tells runs apart, or is of interest. */
  readonly [field: string]: unknown;
}

interface File {
  command: string;
  engine: string;
  device: string;
  /** Time of the runs, of all processes together. */
  minutes: number;
  settings: Readonly<Record<string, unknown>>;
  runs: Run[];
}

const folder = path.resolve(__dirname, "../../datasets/pet-runs");

/**
 * Opens datasets/pet-runs/NAME.json.
 * @param seconds after which no new run is begun
 */
export async function openResults(name: string, settings: File["settings"], seconds: number) {
  const { engine, device } = await useEngine({});
  const place = path.join(folder, `${name}.json`);
  const file: File = existsSync(place)
    ? (JSON.parse(readFileSync(place, "utf8")) as File)
    : { command: `npx tsx bench/pet/run.ts ${name}`, engine, device, minutes: 0, settings, runs: [] };
  const before = file.minutes;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const write = (): void => {
    file.minutes = Number((before + elapsed() / 60).toFixed(2));
    mkdirSync(folder, { recursive: true });
    const { runs, ...rest } = file;
    const lines = runs.map((run) => `    ${JSON.stringify(run)}`).join(",\n");
    const head = JSON.stringify(rest, null, 2).replace(/\n}$/, "");
    writeFileSync(`${place}.tmp`, `${head},\n  "runs": [\n${lines}\n  ]\n}\n`);
    renameSync(`${place}.tmp`, place);
  };
  return {
    /** Is there a run with these fields? */
    has: (fields: Readonly<Record<string, unknown>>): boolean =>
      file.runs.some((run) =>
        Object.entries(fields).every(([key, value]) => JSON.stringify(run[key]) === JSON.stringify(value)),
      ),
    add(...runs: Run[]): void {
      file.runs.push(...runs);
      write();
      for (const { method, task, labels, seed, pattern, correct, total, ...rest } of runs)
        console.log(`${elapsed().toFixed(0).padStart(4)} s  ${task} ${labels} labels, seed ${seed}: ${method}${pattern ? ` (${pattern})` : ""} ${((100 * correct) / total).toFixed(1)} % ${Object.keys(rest).length > 0 ? JSON.stringify(rest) : ""}`); // prettier-ignore
    },
    outOfTime: (): boolean => elapsed() > seconds,
  };
}

export type Results = Awaited<ReturnType<typeof openResults>>;
