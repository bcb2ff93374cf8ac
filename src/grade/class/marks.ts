import { closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { closest } from "./closest";
import { writeWhole } from "../../text/node/files";
import { parseChecked, readIfThere } from "./json";

/**
 * Points that a person gave, in a file of their own (marks.json). Grading never writes it, so they are kept over every
 * new run. A mark for a question that checks judged, too, takes the place of the checks' points.
 */

export const Mark = z.strictObject({
  learner: z.string().min(1, "name the learner").max(200),
  /** "01/essay". */
  question: z.string().min(1, "name the question").max(200),
  /** In the question's own points, 0 to its maximum. */
  points: z.number().min(0, "at least 0 points").max(1e6, "at most 1000000 points"),
  /** For the learner. */
  comment: z.string().max(10_000, "at most 10000 characters").optional(),
  /** Who gave it. */
  by: z.string().max(200).optional(),
  at: z.iso.datetime({ offset: true, error: "give a date with its time and zone" }).optional(),
});
export type Mark = z.infer<typeof Mark>;

export const Marks = z.strictObject({ version: z.literal(1), marks: z.array(Mark) });

const KEYS = ["version", "marks", "learner", "question", "points", "comment", "by", "at"];

/** @throws as `parseChecked`; RangeError where two marks are for one learner's same question */
export function parseMarks(text: string, file = "marks.json"): Mark[] {
  const { marks } = parseChecked(text, Marks, file, KEYS);
  const first = new Map<string, number>();
  marks.forEach(({ learner, question }, i) => {
    const key = JSON.stringify([learner, question]);
    const before = first.get(key);
    if (before !== undefined)
      throw new RangeError(
        `${file}: marks[${i}] and marks[${before}] are both for ${learner}, ${question}. Keep one of them.`,
      );
    first.set(key, i);
  });
  return marks;
}

/** None where there is no file yet. @throws as `parseMarks` */
export function readMarks(file: string): Mark[] {
  const text = readIfThere(file);
  return text === undefined ? [] : parseMarks(text, file);
}

export interface Markable {
  readonly learners: readonly string[];
  /** Each with the most points that it can get. */
  readonly questions: readonly { readonly id: string; readonly max: number }[];
}

/**
 * @param place named in the error, such as "marks.json: marks[3]"
 * @throws RangeError for a learner or question that is not there, naming the closest, and for more points than there are
 */
export function checkMark({ learner, question, points }: Mark, known: Markable, place = "The mark"): void {
  if (!known.learners.includes(learner))
    throw new RangeError(`${place}: there is no learner "${learner}".${closest(learner, known.learners)}`);
  const ids = known.questions.map(({ id }) => id);
  const asked = known.questions.find(({ id }) => id === question);
  if (asked === undefined) {
    const cure = ' A question for people only stands in the policy, under "manual".';
    throw new RangeError(`${place}: there is no question "${question}".${closest(question, ids)}${cure}`);
  }
  if (points > asked.max)
    throw new RangeError(`${place}: ${question} has at most ${asked.max} points, and this gives ${points}.`);
}

/**
 * Adds marks to a file, each in place of one for the same learner and question, and makes the file where there is
 * none. Another program that adds at the same time waits.
 * @throws as `readMarks`; Error where another program does not let go of the file
 */
export function addMarks(file: string, added: readonly Mark[]): void {
  const lock = `${file}.lock`;
  mkdirSync(path.dirname(file), { recursive: true });
  takeLock(lock);
  try {
    const same = (a: Mark, b: Mark): boolean => a.learner === b.learner && a.question === b.question;
    const kept = readMarks(file).filter((old) => !added.some((mark) => same(mark, old)));
    const marks = [
      ...kept,
      ...added.filter((mark, i) => !added.slice(i + 1).some((later) => same(mark, later))),
    ];
    writeWhole(file, `${JSON.stringify({ version: 1, marks }, null, 2)}\n`);
  } finally {
    rmSync(lock, { force: true });
  }
}

const WAIT_MS = 10_000;
/** Adding takes milliseconds: an older lock was left by a program that was killed. */
const STALE_MS = 30_000;

function takeLock(lock: string): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (const until = Date.now() + WAIT_MS; ; Atomics.wait(cell, 0, 0, 20)) {
    try {
      return closeSync(openSync(lock, "wx"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const found = statSync(lock, { throwIfNoEntry: false });
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS) rmSync(lock, { force: true });
    if (Date.now() > until)
      throw new Error(`${lock}: another program adds marks. If none does, remove this file and try again.`);
  }
}
