import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writeWhole } from "../text/node/files";
import type { ExerciseOutcome } from "./exercise";

/**
 * What is remembered of one exercise. It opens hints and solutions; points are always checked anew.
 * Fields that this version does not know are kept, so that an older lab does not forget what a newer one wrote.
 */
const Entry = z.looseObject({
  passed: z.boolean(),
  /** Best share of the points, 0 to 1. */
  best: z.number().min(0).max(1),
  /** How many hints were shown. */
  hints: z.number().int().nonnegative(),
  /** How often it was checked. */
  tries: z.number().int().nonnegative().default(0),
  /** When it passed first (ISO 8601). */
  passedAt: z.string().optional(),
});
export type ExerciseProgress = z.infer<typeof Entry>;

const VERSION = 1;
const File = z.looseObject({
  version: z.number().int().positive(),
  exercises: z.record(z.string(), z.unknown()),
});
interface Progress {
  readonly version: number;
  readonly exercises: Readonly<Record<string, ExerciseProgress>>;
}

const progressFile = (root: string): string => path.join(root, ".lab", "progress.json");

/** Of an exercise that was not begun. */
export const NONE: ExerciseProgress = { passed: false, best: 0, hints: 0, tries: 0 };
const EMPTY: Progress = { version: VERSION, exercises: {} };

/** The progress of exercise "01/count-pairs" in the project at `root`. */
export function readProgress(root: string, id: string): ExerciseProgress {
  return readAll(root).exercises[id] ?? NONE;
}

/** The progress of all exercises that were begun, by their ids; also of those that this version no longer has. */
export function readAllProgress(root: string): Readonly<Record<string, ExerciseProgress>> {
  return readAll(root).exercises;
}

/**
 * Changes the progress of one exercise. The file is replaced whole or not at all, and by one process at a time: a
 * notebook and `lab watch` may both be open. A file of a newer lab is left as it is.
 */
export function updateProgress(
  root: string,
  id: string,
  change: (before: ExerciseProgress) => Partial<ExerciseProgress>,
): void {
  const file = progressFile(root);
  mkdirSync(path.dirname(file), { recursive: true });
  alone(`${file}.lock`, () => {
    const all = readAll(root);
    if (all.version > VERSION) return;
    const before = all.exercises[id] ?? NONE;
    const exercises = { ...all.exercises, [id]: { ...before, ...change(before) } };
    writeWhole(file, JSON.stringify({ ...all, exercises }, null, 2) + "\n");
  });
}

/** A check counts as a try; the best share of points and a pass stay, whatever comes later. */
export function rememberOutcome(root: string, id: string, { state, score, max }: ExerciseOutcome): void {
  if (state === "todo" || state === "missing") return;
  updateProgress(root, id, ({ passed, best, tries, passedAt }) => ({
    tries: tries + 1,
    best: Math.max(best, max > 0 ? score / max : 0),
    passed: passed || state === "pass",
    ...(state === "pass" && { passedAt: passedAt ?? new Date().toISOString() }),
  }));
}

/** A file that cannot be read is put aside, since it may hold a learner's weeks; what is whole in it stays. */
function readAll(root: string): Progress {
  const file = progressFile(root);
  if (!existsSync(file)) return EMPTY;
  const parsed = parse(readFileSync(file, "utf8"));
  if (parsed === undefined) {
    putAside(file, "could not be read, and progress begins anew");
    return EMPTY;
  }
  if (parsed.version > VERSION) {
    warnOnce(
      `${file} was written by a newer version of the lab. It is left as it is; nothing is added to it.`,
    );
    return { version: parsed.version, exercises: {} };
  }
  const entries = Object.entries(parsed.exercises).map(
    ([id, entry]) => [id, Entry.safeParse(entry)] as const,
  );
  const whole = entries.flatMap(([id, entry]) => (entry.success ? [[id, entry.data] as const] : []));
  if (whole.length < entries.length)
    putAside(file, "has entries that could not be read; the others are kept");
  return { ...parsed, exercises: Object.fromEntries(whole) };
}

function parse(text: string): z.infer<typeof File> | undefined {
  try {
    return File.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Renames to the first free name: progress.json.broken, .broken-2, ... */
function putAside(file: string, why: string): void {
  let aside = `${file}.broken`;
  for (let i = 2; existsSync(aside); i++) aside = `${file}.broken-${i}`;
  renameSync(file, aside);
  console.error(`.lab/progress.json ${why}. The old file is .lab/${path.basename(aside)}.`);
}

const warned = new Set<string>();
function warnOnce(text: string): void {
  if (!warned.has(text)) console.error(text);
  warned.add(text);
}

/** A lock that is this old was left by a process that is gone. */
const STALE_MS = 5000;

/** Runs `change` while no other process does; progress is worth a moment's wait, and no more. */
function alone(lock: string, change: () => void): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > STALE_MS) rmSync(lock, { force: true });
      else Atomics.wait(cell, 0, 0, 10);
    }
  }
  try {
    change();
  } finally {
    rmSync(lock, { force: true });
  }
}
