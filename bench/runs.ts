/** Results that grow: each run is written as it ends, and what is there is not run again. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { useEngine } from "../src/engine";

interface File<R> {
  command: string;
  engine: string;
  device: string;
  /** Time of the runs, of all processes together. */
  minutes: number;
  /** What all runs have in common. */
  settings?: Readonly<Record<string, unknown>>;
  runs: R[];
}

/**
 * Opens datasets/SET/NAME.json.
 * @param command what makes the file
 * @param told a run as a line for whoever watches
 */
export async function openRuns<R extends object>(
  set: string,
  name: string,
  { command, settings, told }: { command: string; settings?: File<R>["settings"]; told: (run: R) => string },
) {
  const { engine, device } = await useEngine({});
  const folder = path.resolve(__dirname, "..", "datasets", set);
  const place = path.join(folder, `${name}.json`);
  const file: File<R> = existsSync(place)
    ? (JSON.parse(readFileSync(place, "utf8")) as File<R>)
    : { command, engine, device, minutes: 0, ...(settings ? { settings } : {}), runs: [] };
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
    /** Seconds of this process. */
    elapsed,
    /** Is there a run with these fields? */
    has: (fields: Readonly<Record<string, unknown>>): boolean =>
      file.runs.some((run) =>
        Object.entries(fields).every(
          ([key, value]) => JSON.stringify((run as Record<string, unknown>)[key]) === JSON.stringify(value),
        ),
      ),
    add(...runs: R[]): void {
      file.runs.push(...runs);
      write();
      for (const run of runs) console.log(`${elapsed().toFixed(0).padStart(4)} s  ${told(run)}`);
    },
  };
}
