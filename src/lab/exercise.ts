import { LearnerFault, type Learner } from "./checks/learner";
import { makeRandom } from "./checks/random";
import { CheckFailure, makeToolkit, type Toolkit } from "./checks/toolkit";
import type { CheckResult, CheckState } from "./report";

/** An exercise is data: what the learner reads about it, and the checks that judge it. */
export interface Exercise {
  /** Name inside its lab, e.g. "count-pairs"; with the lab's number, "01/count-pairs". */
  readonly id: string;
  /** The exported function that the learner writes. */
  readonly fn: string;
  readonly title: string;
  /** 1 (a warm-up) to 5 (an evening). */
  readonly difficulty: 1 | 2 | 3 | 4 | 5;
  /** 1 (nice to know) to 5 (everything later stands on it). */
  readonly importance: 1 | 2 | 3 | 4 | 5;
  readonly minutes: number;
  /** Help in the order it is given: first an idea, then pseudo-code, then perhaps more. */
  readonly hints: readonly [idea: string, pseudocode: string, ...more: string[]];
  /** "I see this": help by symptom. `see` is searched in the error or message that the learner reports. */
  readonly errors: readonly { readonly see: RegExp; readonly help: string }[];
  readonly checks: readonly Check[];
  /** Operations of tfjs that are the exercise itself, e.g. ["softmax"]: an answer that calls one earns nothing. */
  readonly forbidden?: readonly string[];
}

/** One judgement with its own points. It passes when `run` returns, and fails with the message that `run` throws. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  /**
   * Runs in the grader only, after all others. What it finds is told as its title and `hint`: never its inputs, what
   * came or what was expected.
   */
  readonly hidden?: boolean;
  /** What a learner who fails a hidden check is told. */
  readonly hint?: string;
  run(learner: Learner, t: Toolkit): Promise<void>;
}

/** What all checks of an exercise are worth. */
export const pointsOf = ({ checks }: Exercise): number => checks.reduce((sum, { points }) => sum + points, 0);

/** How a check ended: the states of a report, and those that only a grader sees. */
export type Outcome = CheckState | "memory" | "missing" | "syntax";

export interface CheckOutcome extends Omit<CheckResult, "state"> {
  readonly state: Outcome;
  /**
   * The classic mistake that was recognised, in the same words for everybody who made it. For the teacher: of a hidden
   * check no learner may see it.
   */
  readonly mistake?: string;
  readonly hidden?: boolean;
}

export interface ExerciseOutcome {
  readonly id: string;
  readonly title: string;
  readonly state: Outcome;
  readonly score: number;
  readonly max: number;
  readonly checks: readonly CheckOutcome[];
}

/** A lab is the exercises of one chapter. */
export interface Lab {
  /** The chapter's number, "01". */
  readonly id: string;
  /** The file's name without its ending, "01-tokenization". */
  readonly topic: string;
  readonly title: string;
  readonly exercises: readonly Exercise[];
  /** Its functions take tensors: those who run them need the engine (checks/tensors.ts). */
  readonly tensors?: boolean;
}

/** A learner's process that had to be ended this often in one exercise is not started for its other checks. */
const MOST_KILLS = 2;

/**
 * Runs every check of an exercise, also after one has failed, hidden ones last. The same seed gives the same random
 * inputs. Never throws for what the learner's function does; a mistake of a check itself is state "error".
 * @param beforeHidden is awaited once before the first hidden check: what the function prints from then on may be
 * that check's inputs, and is nobody's to see
 */
export async function runExercise(
  exercise: Exercise,
  learner: Learner,
  seed = 1,
  beforeHidden?: () => unknown,
): Promise<ExerciseOutcome> {
  const checks: CheckOutcome[] = [];
  let kills = 0;
  let settled: Verdict | undefined;
  const judged = ownWork(learner, exercise.forbidden ?? []);
  const isHidden = ({ hidden }: Check): boolean => hidden === true;
  const ordered = [
    ...exercise.checks.filter((check) => !isHidden(check)),
    ...exercise.checks.filter(isHidden),
  ];
  for (const check of ordered) {
    const { id, title, points: max } = check;
    if (isHidden(check) && !checks.at(-1)?.hidden) await beforeHidden?.();
    let found: Verdict;
    if (settled !== undefined) {
      found = settled;
    } else if (kills >= MOST_KILLS) {
      const state = checks.at(-1)?.state ?? "crash";
      found = { state, message: "Not run: the function was stopped twice before." };
    } else {
      const toolkit = makeToolkit(makeRandom(seed + checks.length));
      found = await verdict(() => check.run(judged, toolkit));
      const { state } = found;
      if (state === "todo" || state === "missing" || state === "syntax") settled = found;
      if (state === "timeout" || state === "crash" || state === "memory") kills++;
    }
    const score = found.state === "pass" ? max : 0;
    checks.push({ id, title, score, max, ...(isHidden(check) ? veiled(check, found) : found) });
  }
  return { id: exercise.id, title: exercise.title, ...summary(checks), checks };
}

/** The learner's function, where calling the answer of tfjs is no answer. */
function ownWork(learner: Learner, forbidden: readonly string[]): Learner {
  return {
    fn: learner.fn,
    async run(args, dy, by) {
      const result = await learner.run(args, dy, by);
      const taken = result.ops?.find((op) => forbidden.includes(op));
      if (taken === undefined) return result;
      throw new CheckFailure(
        `Write it yourself: ${learner.fn} calls tf.${taken}, which is the exercise. ` +
          "Build it from smaller operations: tf.max, tf.sub, tf.exp, tf.sum, tf.div, tf.log.",
        `tf.${taken} was called, which is the exercise.`,
      );
    },
  };
}

interface Verdict {
  readonly state: Outcome;
  readonly message: string;
  readonly mistake?: string;
}

async function verdict(judge: () => Promise<void>): Promise<Verdict> {
  try {
    await judge();
    return { state: "pass", message: "" };
  } catch (error) {
    if (!(error instanceof CheckFailure || error instanceof LearnerFault)) {
      const why = error instanceof Error ? error.message : String(error);
      return { state: "error", message: `The check itself went wrong: ${why}` };
    }
    const { message, mistake } = error;
    const state = error instanceof CheckFailure || error.kind === "threw" ? "fail" : error.kind;
    return { state, message, ...(mistake !== undefined && { mistake }) };
  }
}

/** What may be told of a hidden check. Its fault, if it has one, is told to the teacher, in the mistake's place. */
function veiled({ hint = "" }: Check, { state, message, mistake }: Verdict): Verdict & { hidden: true } {
  const known = state === "error" ? message : mistake;
  const told = state === "pass" ? "" : `This check is hidden. ${hint}`.trimEnd();
  return { state, message: told, ...(known !== undefined && { mistake: known }), hidden: true };
}

/**
 * One state for many. Nothing judged is an error, never a pass. A part that had to be stopped names the whole,
 * so that a lab that hangs is seen as one even where other parts earn points.
 */
export function summary(parts: readonly { state: Outcome; score: number; max: number }[]): {
  state: Outcome;
  score: number;
  max: number;
} {
  const score = parts.reduce((sum, part) => sum + part.score, 0);
  const max = parts.reduce((sum, part) => sum + part.max, 0);
  const has = (state: Outcome): boolean => parts.some((part) => part.state === state);
  const all = (state: Outcome): boolean => parts.every((part) => part.state === state);
  const stopped = (["error", "memory", "crash", "timeout"] as const).find(has);
  let state: Outcome;
  if (parts.length === 0 || max <= 0) state = "error";
  else if (all("pass")) state = "pass";
  else if (stopped !== undefined) state = stopped;
  else if (score > 0) state = "partial";
  else state = (["todo", "missing", "syntax"] as const).find(all) ?? "fail";
  return { state, score, max };
}
