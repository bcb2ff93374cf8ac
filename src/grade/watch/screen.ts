import path from "node:path";
import { pointsOf, type Exercise, type Lab } from "../../lab/exercise";
import type { GradedExercise } from "../lab";
import { stateWord, type Paint } from "../terminal";

/** The texts of `lab watch`. */
type StateOf = (exercise: Exercise) => GradedExercise | undefined;

/** "Lab 04: Multi-head attention   ✓✓◐○○○○○   30 of 100 points", and which exercise is at hand. */
export function head(lab: Lab, current: Exercise, stateOf: StateOf, paint: Paint): string {
  const points = lab.exercises.map((exercise) => stateOf(exercise)?.score ?? 0).reduce((a, b) => a + b, 0);
  const most = lab.exercises.map(pointsOf).reduce((a, b) => a + b, 0);
  const signs = lab.exercises.map((exercise) => {
    const { sign, colour } = stateWord(stateOf(exercise)?.state ?? "todo");
    return paint(exercise === current ? `[${sign}]` : sign, colour);
  });
  const number = lab.exercises.indexOf(current) + 1;
  const { title, difficulty, minutes } = current;
  return [
    `${paint(`Lab ${lab.id}: ${lab.title}`, 1)}   ${signs.join(" ")}   ${points} of ${most} points`,
    `Exercise ${number} of ${lab.exercises.length}: ${title} (difficulty ${difficulty} of 5, about ${minutes} minutes)`,
    "",
  ].join("\n");
}

/** Where to write: the function's line in the lab's file. */
export function toDo({ fn }: Exercise, folder: string, lab: Lab, text: string, paint: Paint): string {
  const file = path.relative(process.cwd(), path.join(folder, `${lab.topic}.ts`));
  const line = text.split("\n").findIndex((each) => each.startsWith(`export function ${fn}(`));
  const place = line < 0 ? file : `${file}:${line + 1}`;
  return `\n  Write ${paint(fn, 1)} in ${place}, and save. It is checked at once.`;
}

export function passed(lab: Lab, next: Exercise | undefined, paint: Paint): string {
  const onward =
    next === undefined ? `Lab ${lab.id} is complete. n goes to the next lab.` : `n: ${next.title}`;
  return paint(`\n  Passed. ${onward}   s: one way to write it, to compare`, 32);
}

export const keys = (isPassed: boolean, paint: Paint): string =>
  paint(
    `\n${isPassed ? "n next · s solution" : "h hint · e what does this mean? · d details · n next"} · p back · l list · r again · q quit · ? all keys`,
    90,
  );

export const allKeys = `
  h  a hint: first an idea, then pseudo-code
  e  help with the error or message that is shown
  d  every check that is not right yet, in full
  s  the solution, once your own has passed
  n  the next exercise that is not passed; p  the one before
  r  check this one again;  a  check the whole lab
  l  all exercises of the lab
  q  quit (Ctrl-C does, too)
  A save of any file in labs/ checks what you changed and goes there.`;

export function hint({ hints }: Exercise, which: number, paint: Paint): string {
  const body = hints[which - 1]!.split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  const more = which < hints.length ? "h again: more" : "That was the last one.";
  return `\n${paint(`Hint ${which} of ${hints.length}`, 1)}\n${body}\n${paint(more, 90)}`;
}

export function help(found: readonly string[]): string {
  if (found.length === 0) return "\nNothing is known about this message. h gives a hint.";
  return `\n${found.map((text) => `  - ${text}`).join("\n")}`;
}

export function list(lab: Lab, current: Exercise, stateOf: StateOf, paint: Paint): string {
  const lines = lab.exercises.map((exercise, i) => {
    const outcome = stateOf(exercise);
    const { sign, word, colour } = stateWord(outcome?.state ?? "todo");
    const points = `${outcome?.score ?? 0} / ${pointsOf(exercise)}`.padStart(8);
    const mark = exercise === current ? ">" : " ";
    return `${mark} ${i + 1} ${paint(sign, colour)} ${exercise.title.padEnd(40)}${points}   ${word}`;
  });
  return `\n${lines.join("\n")}`;
}
