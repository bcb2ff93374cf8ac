/** Results that grow: each run is written as it ends, and what is there is not run again. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { useEngine } from "../../src/engine";

/** What was tried, as a record that names it, and what was measured. */
export interface Run {
  readonly what: Readonly<Record<string, string | number>>;
  readonly [measured: string]: unknown;
}

interface File {
  command: string;
  engine: string;
  device: string;
  /** Time of the runs, of all processes together. */
  minutes: number;
  runs: Run[];
}

const folder = path.resolve(__dirname, "../../datasets/rlhf-runs");

/** Opens datasets/rlhf-runs/NAME.json. */
export async function openResults(name: string) {
  const { engine, device } = await useEngine({});
  const place = path.join(folder, `${name}.json`);
  const file: File = existsSync(place)
    ? (JSON.parse(readFileSync(place, "utf8")) as File)
    : { command: `npx tsx bench/rlhf/run.ts ${name}`, engine, device, minutes: 0, runs: [] };
  const before = file.minutes;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const same = (a: Run["what"], b: Run["what"]): boolean => JSON.stringify(a) === JSON.stringify(b);
  return {
    has: (what: Run["what"]): boolean => file.runs.some((run) => same(run.what, what)),
    add(run: Run): void {
      file.runs.push(run);
      file.minutes = Number((before + elapsed() / 60).toFixed(2));
      mkdirSync(folder, { recursive: true });
      const { runs, ...rest } = file;
      const lines = runs.map((each) => `    ${JSON.stringify(each)}`).join(",\n");
      const head = JSON.stringify(rest, null, 2).replace(/\n}$/, "");
      writeFileSync(`${place}.tmp`, `${head},\n  "runs": [\n${lines}\n  ]\n}\n`);
      renameSync(`${place}.tmp`, place);
      console.log(`${elapsed().toFixed(0).padStart(4)} s  ${JSON.stringify(run).slice(0, 220)}`);
    },
  };
}
export type Results = Awaited<ReturnType<typeof openResults>>;

/** Four digits are enough to draw, and small files are read faster. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
