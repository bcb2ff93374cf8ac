/** What the experiments of chapter 09 have in common: where their files are, and how a result is written. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(__dirname, "..", "..");
/** Checkpoints and calls of models, which a run that is started again goes on from. */
export const work = join(root, ".lab", "thought");

/** Writes datasets/thought-runs/NAME.json, one row of a list a line, so that a later run shows what changed. */
export function writeResult(name: string, about: Readonly<Record<string, unknown>>): void {
  const folder = join(root, "datasets", "thought-runs");
  mkdirSync(folder, { recursive: true });
  const fields = Object.entries(about).map(([field, value]) =>
    Array.isArray(value)
      ? `"${field}": [\n${value.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]`
      : `"${field}": ${JSON.stringify(value)}`,
  );
  writeFileSync(join(folder, `${name}.json`), `{\n${fields.join(",\n")}\n}\n`);
}

/** Minutes since a time of `performance.now()`, to two digits. */
export const minutesSince = (started: number): number =>
  Number(((performance.now() - started) / 60_000).toFixed(2));
