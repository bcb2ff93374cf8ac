import { statSync } from "node:fs";
import path from "node:path";
import { runExercise, summary, type ExerciseOutcome, type Lab, type Outcome } from "../lab/exercise";
import { LearnerFault, type Learner } from "../lab/checks/learner";
import { bundleLab, LabFileError } from "./bundle";
import { childProgram } from "./child-program";
import type { Launcher } from "./isolation";
import { DEFAULT_LIMITS, openSandbox, type Limits, type Sandbox } from "./sandbox";

export interface LabOutcome {
  readonly id: string;
  readonly title: string;
  /** The graded file, as the caller named its folder. */
  readonly file: string;
  readonly state: Outcome;
  readonly score: number;
  readonly max: number;
  readonly exercises: readonly GradedExercise[];
}

export interface GradedExercise extends ExerciseOutcome {
  /** The end of what the learner's code printed meanwhile. */
  readonly output: string;
}

export interface GradeOptions {
  readonly limits?: Limits;
  /** Seed of the random inputs; the same seed gives the same points. */
  readonly seed?: number;
  /** Only the exercises of these functions; all of them without it. */
  readonly only?: readonly string[];
  /** What the lab's process is started in; Node's permission model alone if left out. */
  readonly launcher?: Launcher;
  /** Called as soon as an exercise is judged. */
  readonly onExercise?: (exercise: GradedExercise) => void;
}

/**
 * Grades `folder/<topic>.ts`. The lab's code runs in a child process only; checks and right answers stay in this one.
 * Never throws for anything in the lab's file, and always ends within the limits.
 */
export async function gradeLab(lab: Lab, folder: string, options: GradeOptions = {}): Promise<LabOutcome> {
  const { limits = DEFAULT_LIMITS, seed = 1, only, launcher, onExercise } = options;
  const name = `${lab.topic}.ts`;
  let sandbox: Sandbox | undefined;
  let learner: (fn: string) => Learner;
  try {
    const code = await bundleLab(folder, name);
    sandbox = openSandbox(await childProgram(lab.tensors), code, name, limits, launcher);
    learner = sandbox.learner;
  } catch (error) {
    if (!(error instanceof LabFileError)) throw error;
    const fault = new LearnerFault(error.kind, error.message);
    learner = (fn) => ({ fn, run: () => Promise.reject(fault) });
  }
  const exercises: GradedExercise[] = [];
  try {
    for (const exercise of lab.exercises) {
      if (only !== undefined && !only.includes(exercise.fn)) continue;
      let output: string | undefined;
      const keepOutput = (): void => void (output ??= sandbox?.output() ?? "");
      const result = await runExercise(exercise, learner(exercise.fn), seed, keepOutput);
      keepOutput();
      const graded = { ...result, output: output ?? "" };
      exercises.push(graded);
      onExercise?.(graded);
      await sandbox?.renew();
      // What came meanwhile is of hidden checks, or too late to belong to anything.
      sandbox?.output();
    }
  } finally {
    await sandbox?.close();
  }
  return { id: lab.id, title: lab.title, file: path.join(folder, name), ...summary(exercises), exercises };
}

/** The folder behind `--from`: "labs", "solutions" or a path. Throws a RangeError when it is no folder. */
export function gradedFolder(root: string, from: string): string {
  const folder = from === "labs" || from === "solutions" ? path.join(root, from) : path.resolve(from);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new RangeError(
    `There is no folder "${from}" to grade. Give solutions, labs, or the path of a folder.`,
  );
}
