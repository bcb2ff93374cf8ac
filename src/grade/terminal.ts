import type { CheckOutcome, Outcome } from "../lab/exercise";
import type { GradedExercise, LabOutcome } from "./lab";

const WORDS: Readonly<Record<Outcome, { sign: string; word: string; colour: number }>> = {
  pass: { sign: "✓", word: "passed", colour: 32 },
  partial: { sign: "◐", word: "partly right", colour: 33 },
  fail: { sign: "✗", word: "not right yet", colour: 31 },
  timeout: { sign: "✗", word: "out of time", colour: 31 },
  crash: { sign: "✗", word: "ended the process", colour: 31 },
  memory: { sign: "✗", word: "out of memory", colour: 31 },
  missing: { sign: "?", word: "not found", colour: 33 },
  syntax: { sign: "✗", word: "does not compile", colour: 31 },
  todo: { sign: "○", word: "not written yet", colour: 90 },
  error: { sign: "!", word: "the check itself failed", colour: 35 },
};

/** Sign, word and colour of a state. */
export const stateWord = (state: Outcome): { sign: string; word: string; colour: number } => WORDS[state];

export type Paint = (text: string, colour: number) => string;

/** Colours for a terminal; plain text otherwise. */
export const painter = (on: boolean): Paint =>
  on ? (text, colour) => `\u001b[${colour}m${text}\u001b[0m` : (text) => text;

/**
 * Learner code can put anything into a message or print it. Control characters would move the terminal's cursor or
 * colour over a bad result; they are shown as the marks U+2400 and following instead.
 */
export const visible = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, (c) =>
      c === "\n" ? c : c < " " ? String.fromCharCode(0x2400 + c.charCodeAt(0)) : "\ufffd",
    )
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

/** One exercise: a line, and what went wrong under it; of more than `most` wrong checks the others by title only. */
export function exerciseText(exercise: GradedExercise, paint: Paint, most = Infinity): string {
  const { sign, word, colour } = WORDS[exercise.state];
  const points = `${exercise.score} / ${exercise.max}`.padStart(9);
  const head = `  ${paint(sign, colour)} ${exercise.title.padEnd(36)}${points}   ${paint(word, colour)}`;
  const told = new Set<string>();
  let shown = 0;
  const lines = exercise.checks.flatMap((check) => {
    const full = checkText(check, told, paint);
    if (full === "") return [];
    return [++shown <= most ? full : full.split("\n", 1)[0]!];
  });
  const output = exercise.output.trim();
  if (exercise.state !== "pass" && output !== "") {
    lines.push(`      Printed at the end:\n${indent(visible(output).slice(-500), 8)}`);
  }
  return [head, ...lines].join("\n");
}

/** A check that did not pass. A message that was told already is not told again; a stub needs none. */
function checkText(check: CheckOutcome, told: Set<string>, paint: Paint): string {
  if (check.state === "pass" || check.state === "todo") return "";
  if (check.hidden !== true && told.has(check.message)) return "";
  told.add(check.message);
  const { sign, word, colour } = WORDS[check.state];
  const name = check.hidden === true ? `${check.title}, a hidden check` : check.title;
  return `      ${paint(sign, colour)} ${name} (${word})\n${indent(visible(check.message), 8)}`;
}

const indent = (text: string, by: number): string =>
  text
    .split("\n")
    .flatMap((line) => wrap(line, 108 - by))
    .map((line) => " ".repeat(by) + line)
    .join("\n");

function wrap(line: string, width: number): string[] {
  const lines = [""];
  for (const word of line.split(" ")) {
    const last = lines[lines.length - 1]!;
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export function labHead(title: string, file: string, paint: Paint): string {
  return `${paint(title, 1)}   ${file}`;
}

export function labFoot({ score, max, state }: LabOutcome, paint: Paint): string {
  const percent = max > 0 ? Math.floor((100 * score) / max) : 0;
  const { word, colour } = WORDS[state];
  return `  ${paint(`${score} of ${max} points (${percent} %), ${word}`, colour)}`;
}

/** The form of `lab grade --json`, kept stable. */
export interface GradeReport {
  readonly score: number;
  readonly max: number;
  readonly labs: readonly {
    readonly id: string;
    readonly score: number;
    readonly max: number;
    readonly state: Outcome;
    readonly checks: readonly {
      readonly id: string;
      readonly state: Outcome;
      readonly score: number;
      readonly max: number;
      readonly message: string;
    }[];
  }[];
}

/** A check's id is "<exercise>/<check>", e.g. "count-pairs/overlap". */
export function gradeReport(labs: readonly LabOutcome[]): GradeReport {
  const sum = (key: "score" | "max"): number => labs.reduce((total, lab) => total + lab[key], 0);
  return {
    score: sum("score"),
    max: sum("max"),
    labs: labs.map(({ id, score, max, state, exercises }) => ({
      id,
      score,
      max,
      state,
      checks: exercises.flatMap((exercise) =>
        exercise.checks.map((check) => ({
          id: `${exercise.id}/${check.id}`,
          state: check.state,
          score: check.score,
          max: check.max,
          message: check.message,
        })),
      ),
    })),
  };
}
