import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** What is remembered of one exercise. It opens hints and solutions; points are always checked anew. */
const Entry = z.object({
  passed: z.boolean(),
  /** Best share of the points, 0 to 1. */
  best: z.number().min(0).max(1),
  /** How many hints were shown. */
  hints: z.number().int().nonnegative(),
});
const Progress = z.object({ version: z.literal(1), exercises: z.record(z.string(), Entry) });
export type ExerciseProgress = z.infer<typeof Entry>;
type Progress = z.infer<typeof Progress>;

const progressFile = (root: string): string => path.join(root, ".lab", "progress.json");

const NONE: ExerciseProgress = { passed: false, best: 0, hints: 0 };

/** The progress of exercise "01/count-pairs" in the project at `root`. */
export function readProgress(root: string, id: string): ExerciseProgress {
  return readAll(root).exercises[id] ?? NONE;
}

/** Changes the progress of one exercise. The file is replaced whole or not at all. */
export function updateProgress(root: string, id: string, change: Partial<ExerciseProgress>): void {
  const all = readAll(root);
  const exercises = { ...all.exercises, [id]: { ...(all.exercises[id] ?? NONE), ...change } };
  const file = progressFile(root);
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, JSON.stringify({ ...all, exercises }, null, 2) + "\n");
  renameSync(part, file);
}

/** A file that cannot be read is put aside, since it may hold a learner's weeks: progress begins anew. */
function readAll(root: string): Progress {
  const file = progressFile(root);
  if (!existsSync(file)) return { version: 1, exercises: {} };
  try {
    return Progress.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    const aside = `${file}.broken`;
    renameSync(file, aside);
    console.error(
      `.lab/progress.json could not be read; it is now ${path.basename(aside)}, and progress begins anew.`,
    );
    return { version: 1, exercises: {} };
  }
}
