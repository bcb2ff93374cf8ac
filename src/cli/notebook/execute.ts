import { z } from "zod";
import type { Measurement } from "../../lab/measured";
import { runPython } from "./python";

const measurement = z.object({
  name: z.string(),
  value: z.number().nullable(),
  band: z.tuple([z.number().nullable(), z.number().nullable()]),
  ok: z.boolean(),
  unit: z.string().optional(),
  reference: z.number().optional(),
  source: z.string().optional(),
});

const failure = z.object({
  /** The code threw; it ran too long; the kernel died; or it did not even start. */
  kind: z.enum(["error", "timeout", "dead", "start"]),
  /** Which code cell, from 1. */
  cell: z.number(),
  message: z.string(),
  source: z.string(),
  traceback: z.array(z.string()).optional(),
});

/** What tools/run_notebook.py reports. */
const runEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("open"), cells: z.number() }),
  z.object({ event: z.literal("start"), cell: z.number() }),
  z.object({ event: z.literal("cell"), cell: z.number(), seconds: z.number() }),
  z.object({ event: z.literal("measured"), measurement }),
  failure.extend({ event: z.literal("failed") }),
  z.object({ event: z.literal("done"), ok: z.boolean(), seconds: z.number() }),
]);

export type RunEvent = z.infer<typeof runEvent>;
export type RunFailure = z.infer<typeof failure>;

export interface RunOptions {
  /** Seconds that one cell may take. */
  readonly timeout: number;
  /** Where to write the executed notebook. */
  readonly output?: string;
  /** Folder that answers for ./labs/ (relative to the project root), e.g. "solutions". */
  readonly labs?: string;
  readonly onEvent?: (event: RunEvent) => void;
}

export interface RunResult {
  /** Every cell ran to its end and every measured number lies in its band. */
  readonly ok: boolean;
  readonly seconds: number;
  readonly measured: readonly Measurement[];
  readonly failure?: RunFailure;
  /** Ended by Ctrl-C or a signal. */
  readonly stopped: boolean;
}

/** Runs a notebook (.ipynb, or a .ts in percent form) through the real kernel, without a browser. */
export async function runNotebook(root: string, notebook: string, options: RunOptions): Promise<RunResult> {
  const started = performance.now();
  const measured: Measurement[] = [];
  let failed: RunFailure | undefined;
  let done: { ok: boolean; seconds: number } | undefined;
  const onLine = (line: string): void => {
    const event = runEvent.parse(JSON.parse(line));
    if (event.event === "measured") measured.push(event.measurement);
    if (event.event === "failed") failed = failure.parse(event);
    if (event.event === "done") done = event;
    options.onEvent?.(event);
  };
  const args = [notebook, "--timeout", String(options.timeout)];
  if (options.output !== undefined) args.push("--output", options.output);
  const env = options.labs === undefined ? {} : { LAB_LABS: options.labs };
  const { status, complaints } = await runPython(root, "run_notebook.py", args, { env, onLine });
  const stopped = status === 130 || status === null;
  if (!done && !stopped && !failed) {
    failed = {
      kind: "start",
      cell: 0,
      message: lastLine(complaints) || "the runner ended early",
      source: "",
    };
  }
  return {
    ok: done?.ok === true && measured.every(({ ok }) => ok),
    seconds: done?.seconds ?? Math.round(performance.now() - started) / 1000,
    measured,
    ...(failed && { failure: failed }),
    stopped,
  };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
