import path from "node:path";
import { labs } from "./checks";
import { show } from "./display";
import { pointsOf } from "./exercise";
import { progressTable, type LabProgress } from "./figures/progressTable";
import { NONE, readAllProgress } from "./progress-files";

/** The project's root: this file is src/lab/ or dist/lab/. */
const ROOT = path.resolve(__dirname, "..", "..");

/** How far you are in each lab, as `check`, `lab watch` and `lab grade` remember it. */
export function labProgress(root = ROOT): LabProgress[] {
  const known = readAllProgress(root);
  return labs.map((lab) => {
    const exercises = lab.exercises.map((exercise) => {
      const { id, title } = exercise;
      const { passed, best, hints, tries } = known[`${lab.id}/${id}`] ?? NONE;
      return { title, passed, best, hints, tries, max: pointsOf(exercise) };
    });
    return {
      id: lab.id,
      title: lab.title,
      score: exercises.reduce((sum, { best, max }) => sum + best * max, 0),
      max: exercises.reduce((sum, { max }) => sum + max, 0),
      exercises,
    };
  });
}

/** Shows how far you are, in a cell: `myProgress()`. */
export function myProgress(root = ROOT): void {
  show(progressTable(labProgress(root)));
}
