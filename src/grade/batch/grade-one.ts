import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { labs as allLabs } from "../../lab/checks";
import type { Lab } from "../../lab/exercise";
import type { GradedLab, GradedSubmission, Isolation } from "../class/model";
import type { Launcher } from "../isolation";
import { gradeLab } from "../lab";
import type { Limits } from "../sandbox";
import { gradedLab, overall, ungraded } from "./outcome";
import type { Submission } from "./submissions";

/** What is the same for every submission of a batch. */
export interface Plan {
  /** Numbers of the labs to grade, "01". */
  readonly labs: readonly string[];
  readonly limits: Limits;
  readonly seed: number;
  readonly isolation: Isolation;
  readonly fixed: Readonly<Record<string, string>>;
  /** The project's folder: a notebook that imports helpers from labs/ gets those of the project. */
  readonly root: string;
  /** A module of hidden checks; see hidden.ts. */
  readonly hidden?: string;
}

/**
 * Grades one submission in a folder of its own that holds its files and nothing else. Each exercise runs in a fresh
 * process, so that what one leaves behind neither helps nor harms the next.
 * @param chosen the labs of the plan, hidden checks included
 */
export async function gradeSubmission(
  submission: Submission,
  key: string,
  plan: Plan,
  chosen: readonly Lab[],
  launcher: Launcher,
): Promise<GradedSubmission> {
  const started = performance.now();
  const place = realpathSync(mkdtempSync(path.join(os.tmpdir(), "lab-submission-")));
  // Also when the batch is stopped in the middle.
  const leave = (): void => rmSync(place, { recursive: true, force: true });
  process.once("exit", leave);
  const fixed: Record<string, string> = { ...plan.fixed };
  const labs: GradedLab[] = [];
  try {
    for (const [file, hash] of writeFiles(place, submission, plan.root)) fixed[file] = hash;
    for (const lab of chosen) {
      const file = `${lab.topic}.ts`;
      if (submission.files[file] === undefined) {
        labs.push(ungraded(lab, "not run", "Nothing was handed in for this lab."));
        continue;
      }
      const outcome = await gradeLab(lab, place, { limits: plan.limits, seed: plan.seed, launcher });
      labs.push(gradedLab(outcome, file));
    }
  } finally {
    process.removeListener("exit", leave);
    leave();
  }
  return {
    version: 1,
    learner: submission.learner,
    source: submission.source,
    key,
    isolation: plan.isolation,
    fixed,
    problems: [...submission.problems],
    ...overall(labs),
    labs,
    gradedAt: new Date().toISOString(),
    seconds: (performance.now() - started) / 1000,
  };
}

/** The submission's files, and the project's own lab where a notebook takes helpers from it. Gives those back. */
function writeFiles(place: string, { files }: Submission, root: string): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(place, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
    for (const topic of givenBy(text)) {
      const bytes = readFileSync(path.join(root, "labs", `${topic}.ts`));
      mkdirSync(path.join(place, "given"), { recursive: true });
      writeFileSync(path.join(place, "given", `${topic}.ts`), bytes);
      given.set(`labs/${topic}`, createHash("sha256").update(bytes).digest("hex"));
    }
  }
  return given;
}

/** The labs from which a notebook's file takes helpers; see notebook.ts. */
export const givenBy = (text: string): string[] =>
  [...text.matchAll(/ from "\.\/given\/([\w-]+)";/g)]
    .map(([, topic]) => topic!)
    .filter((topic) => allLabs.some((lab) => lab.topic === topic));
