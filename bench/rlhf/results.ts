/** What the experiments of chapter 11 write down. */
import { openRuns } from "../runs";

/** What was tried, as a record that names it, and what was measured. */
export interface Run {
  readonly what: Readonly<Record<string, string | number>>;
  readonly [measured: string]: unknown;
}

/** Opens datasets/rlhf-runs/NAME.json. */
export async function openResults(name: string) {
  const command = `npx tsx bench/rlhf/run.ts ${name}`;
  const { has, add } = await openRuns<Run>("rlhf-runs", name, {
    command,
    told: (run) => JSON.stringify(run).slice(0, 220),
  });
  return { has: (what: Run["what"]): boolean => has({ what }), add };
}
export type Results = Awaited<ReturnType<typeof openResults>>;

/** Four digits are enough to draw, and small files are read faster. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
