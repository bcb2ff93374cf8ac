import { readFileSync } from "node:fs";
import path from "node:path";
import util from "node:util";
import { findExercise } from "./checks";
import { localLearner } from "./checks/learner";
import { markdown, show } from "./display";
import { runExercise, type CheckOutcome, type Exercise, type ExerciseOutcome } from "./exercise";
import { readProgress, rememberOutcome, updateProgress } from "./progress-files";
import { reportFigure, type CheckState } from "./report";
import { solutionText } from "./solution";

/** The project's root: this file is src/lab/ or dist/lab/. */
const ROOT = path.resolve(__dirname, "..", "..");

/** A headless run (of a test, or of a notebook that is built) is nobody's progress. */
const isSomebody = (): boolean => process.env["LAB_HEADLESS"] !== "1";

/**
 * Checks your function and shows the report: `await check("01/count-pairs", countPairs)`.
 * It runs in the notebook itself; `lab grade` runs it again in a process of its own, with the hidden checks, whose
 * inputs this process would see.
 * Throws a RangeError for an unknown exercise.
 */
export async function check(id: string, learnerFunction: unknown, root = ROOT): Promise<void> {
  const { lab, exercise } = findExercise(id);
  // tfjs is loaded only for a lab that needs it.
  const learner = lab.tensors ? (await import("./checks/tensors")).tensorLearner : localLearner;
  const shown = { ...exercise, checks: exercise.checks.filter(({ hidden }) => hidden !== true) };
  const result = await runExercise(shown, learner(exercise.fn, learnerFunction, util.types.isProxy));
  if (isSomebody()) rememberOutcome(root, id, result);
  show(reportFigure({ ...result, title: headline(exercise), ...reported(result) }));
  if (result.state === "pass") markdown(`Passed. To compare: \`solution("${id}")\``);
  else markdown(`Stuck? \`hint("${id}")\`, or \`helpWith("${id}", "what you see")\``);
}

const headline = ({ title, difficulty, minutes }: Exercise): string =>
  `${title} (difficulty ${difficulty} of 5, about ${minutes} minutes)`;

/** A report knows fewer states than a grader; what is special to a grader is said in the message anyway. */
function reported(result: ExerciseOutcome): {
  state: CheckState;
  checks: (CheckOutcome & { state: CheckState })[];
} {
  const plain = (state: ExerciseOutcome["state"]): CheckState =>
    state === "memory" ? "crash" : state === "missing" || state === "syntax" ? "fail" : state;
  // A message that was given already is not given again.
  const checks = result.checks.map((one, i, all) => ({
    ...one,
    state: plain(one.state),
    message: all.slice(0, i).some(({ message }) => message === one.message) ? "" : one.message,
  }));
  return { state: plain(result.state), checks };
}

/**
 * Shows the next hint: first an idea, then pseudo-code. `hint(id, 2)` shows that one (counted from 1).
 * Throws a RangeError for an unknown exercise or hint.
 */
export function hint(id: string, number?: number, root = ROOT): void {
  const { exercise } = findExercise(id);
  const { hints } = exercise;
  const seen = readProgress(root, id).hints;
  const which = number ?? Math.min(seen + 1, hints.length);
  const text = hints[which - 1];
  if (text === undefined) throw new RangeError(`${id} has hints 1 to ${hints.length}, and no hint ${which}.`);
  if (which > seen && isSomebody()) updateProgress(root, id, () => ({ hints: which }));
  const body = which === 2 ? `\n\n\`\`\`text\n${text}\n\`\`\`` : ` ${text}`;
  const last = `\n\nThat was the last one. \`helpWith("${id}", "what you see")\` helps with an error or a report.`;
  markdown(`**Hint ${which} of ${hints.length}.**${body}${which === hints.length ? last : ""}`);
}

/** "I see this error": help by symptom, for an error or a piece of a message. */
export function helpWith(id: string, error: unknown): void {
  const { exercise } = findExercise(id);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const found = exercise.errors.filter(({ see }) => see.test(text)).map(({ help }) => help);
  if (found.length > 0) return markdown(found.map((help) => `- ${help}`).join("\n"));
  markdown(
    `Nothing is known about this for ${id}. The report of \`check\` names what it saw; \`hint("${id}")\` helps on.`,
  );
}

/** Shows the reference solution, for comparison, once your own function has passed its check. */
export function solution(id: string, root = ROOT): void {
  const { lab, exercise } = findExercise(id);
  if (!readProgress(root, id).passed) {
    return markdown(`The solution opens when \`check("${id}", ${exercise.fn})\` has passed.`);
  }
  const file = path.join("solutions", `${lab.topic}.ts`);
  const text = solutionText(readFileSync(path.join(root, file), "utf8"), exercise.fn);
  if (text === undefined) throw new Error(`${file} has no exported function ${exercise.fn}.`);
  markdown(`One way to write it, from \`${file}\`:\n\n\`\`\`ts\n${text}\n\`\`\``);
}
