/** What the experiments of chapter 10 write down. */
import { openRuns } from "../runs";

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

/**
 * Opens datasets/pet-runs/NAME.json.
 * @param seconds after which no new run is begun
 */
export async function openResults(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  seconds: number,
) {
  const command = `npx tsx bench/pet/run.ts ${name}`;
  const runs = await openRuns<Run>("pet-runs", name, { command, settings, told });
  return { ...runs, outOfTime: (): boolean => runs.elapsed() > seconds };
}

function told({ method, task, labels, seed, pattern, correct, total, ...rest }: Run): string {
  const more = Object.keys(rest).length > 0 ? JSON.stringify(rest) : "";
  return `${task} ${labels} labels, seed ${seed}: ${method}${pattern ? ` (${pattern})` : ""} ${((100 * correct) / total).toFixed(1)} % ${more}`;
}

export type Results = Awaited<ReturnType<typeof openResults>>;
