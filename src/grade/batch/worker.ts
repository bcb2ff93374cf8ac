/**
 * A process of the grader's own that grades submission after submission, so that all cores work and a fault in one
 * never ends the batch. Learner code does not run here but in a process below this one.
 */
import { chooseLauncher, type IsolationName, type Launcher } from "../isolation";
import type { Lab } from "../../lab/exercise";
import type { GradedSubmission } from "../class/model";
import { findLab } from "../../lab/checks";
import { readHidden, withHidden } from "../hidden";
import { gradeSubmission, type Plan } from "./grade-one";
import type { Submission } from "./submissions";

/** What the batch sends: first the plan, then one submission after the other's result. */
export type ToWorker =
  | { readonly plan: Plan; readonly isolation: IsolationName }
  | { readonly submission: Submission; readonly key: string };

/** What comes back for a submission. */
export type FromWorker = { readonly result: GradedSubmission } | { readonly fault: string };

async function labsOf({ labs, hidden }: Plan): Promise<readonly Lab[]> {
  const { checks } = hidden === undefined ? { checks: [] } : await readHidden(hidden);
  return withHidden(labs.map(findLab), checks);
}

/** Serves the parent process until it is gone. */
function serve(): void {
  let plan: Plan | undefined;
  let labs: Promise<readonly Lab[]> = Promise.resolve([]);
  let launcher: Launcher | undefined;
  const send = (message: FromWorker): void => void process.send!(message);
  process.on("message", (message: ToWorker) => {
    if ("plan" in message) {
      plan = message.plan;
      labs = labsOf(plan);
      launcher = chooseLauncher(message.isolation);
      return;
    }
    labs
      .then((chosen) => gradeSubmission(message.submission, message.key, plan!, chosen, launcher!))
      .then(
        (result) => send({ result }),
        (error: unknown) =>
          send({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
  // Leaving runs the handlers that kill a learner's process and remove its folder.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
  }
  process.on("disconnect", () => process.exit(0));
}

serve();
