import path from "node:path";
import { gradeClass, mergeResults, parseShard, readResults } from "../grade/batch";
import type { BatchOutcome, BatchProgress } from "../grade/batch";
import type { GradedSubmission } from "../grade/class/model";
import { IsolationError, isIsolationName, ISOLATIONS } from "../grade/isolation";
import type { Limits } from "../grade/sandbox";
import { progressText } from "../lab/progress";
import { classFiles, classReports } from "./report";

export interface ClassOptions {
  readonly submissions?: string;
  readonly merge?: readonly string[];
  readonly out: string;
  readonly jobs: number;
  readonly lab?: readonly string[];
  readonly limits: Limits;
  readonly isolation: string;
  readonly shard?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
  readonly hidden?: string;
  readonly policy?: string;
  readonly marks?: string;
  readonly title?: string;
}

/** Reports of all results. A shard is only a part of a class: its reports are made when all are merged. */
function finish(results: readonly GradedSubmission[], options: ClassOptions): void {
  const { json, shard, policy, marks, title, out } = options;
  if (json === true) console.log(JSON.stringify(results, null, 2));
  if (shard !== undefined) return;
  const text = classReports(results, { in: out, policy, marks, title });
  if (json !== true) console.log(text);
}

/** `lab grade --submissions` and `--merge`. The exit code: 0 when the batch ran, 1 for faults of the grader, 2 for bad use. */
export async function gradeWholeClass(root: string, options: ClassOptions): Promise<number> {
  try {
    if (options.merge !== undefined) return merge(options.merge, options);
    return await gradeAll(root, options);
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof IsolationError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function merge(folders: readonly string[], options: ClassOptions): number {
  const { count, said } = mergeResults(folders.map((folder) => path.resolve(folder)), path.resolve(options.out));
  for (const sentence of said) console.error(sentence);
  console.error(`${count} results are in ${path.join(options.out, "results")}.`);
  finish(readResults(path.resolve(options.out)), options);
  return 0;
} // prettier-ignore

async function gradeAll(root: string, options: ClassOptions): Promise<number> {
  const { isolation, lab, shard } = options;
  if (isolation !== "auto" && !isIsolationName(isolation))
    throw new RangeError(`--isolation ${isolation}: give auto, ${ISOLATIONS.join(" or ")}.`);
  // A folder of results among the submissions would be a learner's next time.
  const [from, to] = [path.resolve(options.submissions!), path.resolve(options.out)];
  if (to === from || to.startsWith(from + path.sep))
    throw new RangeError(`--out ${options.out} lies among the submissions: give a folder outside of them.`);
  // What is wrong with a policy is said before a class is graded.
  classFiles({ in: options.out, policy: options.policy, marks: options.marks });
  const stop = new AbortController();
  const hear = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on("SIGINT", hear).on("SIGTERM", hear);
  const show = progressLine(options.json !== true || process.stderr.isTTY);
  let outcome: BatchOutcome;
  try {
    outcome = await gradeClass({
      root,
      dir: from,
      out: to,
      jobs: options.jobs,
      ...(lab !== undefined && { labs: lab }),
      limits: options.limits,
      isolation,
      ...(shard !== undefined && { shard: parseShard(shard) }),
      ...(options.hidden !== undefined && { hidden: options.hidden }),
      fresh: options.fresh === true,
      signal: stop.signal,
      onProgress: show,
    });
  } finally {
    process.removeListener("SIGINT", hear).removeListener("SIGTERM", hear);
  }
  if (process.stderr.isTTY) process.stderr.write("\n");
  for (const name of outcome.skipped) console.error(`${name} is no submission and was left out.`);
  if (stop.signal.aborted) {
    console.error(
      `Stopped: ${outcome.results.length} of ${outcome.total} are done. The same command goes on from here.`,
    );
    return 130;
  }
  finish(outcome.results, options);
  console.error(closing(outcome, options.out));
  for (const { learner, fault } of outcome.faults) console.error(`The grader failed on ${learner}: ${fault}`);
  return outcome.faults.length > 0 ? 1 : 0;
}

/** What held, and where the results are. */
function closing({ results, kept, isolation }: BatchOutcome, out: string): string {
  const open = Object.entries(isolation.blocked).filter(([, blocked]) => !blocked);
  const held =
    open.length === 0
      ? "the probe could not read, write, connect, start processes, see the environment or take more memory"
      : `NOT kept from learner code: ${open.map(([name]) => name).join(", ")}`;
  const before = kept === 0 ? "" : ` (${kept} of them from before)`;
  return `Isolation: ${isolation.by}; ${held}.\n${results.length} results${before} are in ${path.join(out, "results")}.`;
}

/** One line that is drawn over in a terminal; elsewhere a line now and then. */
function progressLine(on: boolean): (progress: BatchProgress) => void {
  const started = performance.now();
  let said = -Infinity;
  return ({ done, kept, total, latest }) => {
    if (!on) return;
    const now = performance.now();
    const seconds = (now - started) / 1000;
    const fresh = { label: "grading", done: done - kept, total: total - kept, seconds, ended: false };
    const text = progressText({ ...fresh, note: latest === undefined ? "" : `${latest.learner}: ${latest.state}` });
    const columns = process.stderr.columns || 100;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, columns - 1)}`);
    else if (now - said > 20_000) {
      console.error(text);
      said = now;
    }
  };
} // prettier-ignore
