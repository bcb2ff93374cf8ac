import { fork, type ChildProcess } from "node:child_process";
import path from "node:path";
import type { IsolationName } from "../isolation";
import type { GradedSubmission } from "../class/model";
import type { Plan } from "./grade-one";
import type { Submission } from "./submissions";
import type { FromWorker, ToWorker } from "./worker";

export interface Work {
  readonly submission: Submission;
  readonly key: string;
}

/** What came of one piece of work: a result, or the fault of the grader that kept one from coming. */
export type Done = { readonly work: Work; readonly result: GradedSubmission } | { readonly work: Work; readonly fault: string }; // prettier-ignore

/**
 * Grades all of `works`, `jobs` at a time, and calls `done` for each as it ends. A worker that dies or hangs costs its
 * one submission a result, and is replaced. When `signal` is aborted, workers are ended with all that they started, and
 * what was not done is left.
 */
export async function runWorkers(
  works: readonly Work[],
  jobs: number,
  plan: Plan,
  isolation: IsolationName,
  done: (done: Done) => void,
  signal: AbortSignal,
): Promise<void> {
  const queue = [...works];
  // Each lab ends within its limit; bundling and checks come on top.
  const patience = 1000 * plan.labs.length * (plan.limits.labSeconds + 60);
  const lane = async (): Promise<void> => {
    let worker: ChildProcess | undefined;
    try {
      for (let work = queue.shift(); work !== undefined && !signal.aborted; work = queue.shift()) {
        worker ??= start(plan, isolation);
        const answer = await ask(worker, work, patience, signal);
        if (signal.aborted) return;
        if (answer === "gone" || answer === "late") {
          await end(worker);
          worker = undefined;
          const fault = answer === "late" ? "did not end in time and was killed" : "ended unexpectedly";
          done({ work, fault: `the grader's own process ${fault}` });
        } else if ("result" in answer) done({ work, result: answer.result });
        else done({ work, fault: answer.fault });
      }
    } finally {
      if (worker !== undefined) await end(worker);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, works.length) }, lane));
}

function start(plan: Plan, isolation: IsolationName): ChildProcess {
  const file = path.join(__dirname, `worker${path.extname(__filename)}`);
  // From the sources (tests, benches) Node needs the loader of TypeScript.
  const execArgv = file.endsWith(".ts") ? ["--require", require.resolve("tsx/cjs")] : [];
  const worker = fork(file, [], {
    execArgv,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // Its own group: Ctrl-C reaches the batch alone, which then ends its workers in order.
    detached: process.platform !== "win32",
  });
  worker.on("error", () => undefined);
  worker.send({ plan, isolation } satisfies ToWorker);
  return worker;
}

function ask(
  worker: ChildProcess,
  work: Work,
  patience: number,
  signal: AbortSignal,
): Promise<FromWorker | "gone" | "late"> {
  return new Promise((resolve) => {
    const settle = (answer: FromWorker | "gone" | "late"): void => {
      clearTimeout(timer);
      worker.removeListener("message", hear).removeListener("exit", gone);
      signal.removeEventListener("abort", gone);
      resolve(answer);
    };
    const hear = (message: unknown): void => settle(message as FromWorker);
    const gone = (): void => settle("gone");
    const timer = setTimeout(settle, patience, "late");
    worker.once("message", hear).once("exit", gone);
    signal.addEventListener("abort", gone);
    worker.send({ submission: work.submission, key: work.key } satisfies ToWorker, (error) => {
      if (error !== null) gone();
    });
  });
}

/** Ends a worker: by its own way out, which takes a learner's process along; after three seconds by force. */
function end(worker: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (worker.exitCode !== null || worker.signalCode !== null) return resolve();
    const force = setTimeout(() => worker.kill("SIGKILL"), 3000);
    worker.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    worker.kill("SIGTERM");
  });
}
