import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { labs } from "../../lab/checks";
import type { Exercise, Lab } from "../../lab/exercise";
import { readProgress, rememberOutcome, updateProgress } from "../../lab/progress-files";
import { solutionText } from "../../lab/solution";
import { gradeLab, type GradedExercise } from "../lab";
import type { Limits } from "../sandbox";
import { changedFunctions } from "../source";
import { exerciseText, type Paint } from "../terminal";
import * as screen from "./screen";

export interface WatchOptions {
  /** The project's folder: labs/, solutions/ and .lab/progress.json lie in it. */
  readonly root: string;
  /** The lab to begin with; without it the first that is not complete. */
  readonly lab?: Lab;
  readonly limits: Limits;
  readonly paint: Paint;
  say(text: string): void;
  /** Something takes a moment: "checking attention ..."; "" when it is done. */
  busy(text: string): void;
  /** Begins a fresh screen. */
  clear(): void;
}

export interface Watch {
  /** Checks the whole lab, and shows the first exercise that is not passed. */
  begin(): Promise<void>;
  /** A lab's file was written: checks what changed in it. */
  saved(topic: string): Promise<void>;
  /** One of the keys of `screen.keys`. */
  press(key: string): Promise<void>;
}

/** So many wrong checks are told in full: one mends the first, and the others often with it. */
const AT_ONCE = 2;

/** The loop of `lab watch`: one exercise at a time, checked at every save, in the order of the lab. */
export function openWatch(options: WatchOptions): Watch {
  const { root, limits, paint, say, busy, clear } = options;
  const folder = path.join(root, "labs");
  let lab = options.lab ?? firstOpenLab(root);
  let current = lab.exercises[0]!;
  /** The lab's file as it last compiled. */
  let text = "";
  /** What is known of the lab's exercises, by function. */
  let outcomes = new Map<string, GradedExercise>();
  let last: Promise<void> = Promise.resolve();

  /** One thing after the other: a save during a check waits for its end. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work, work);
    return last;
  };

  const fileText = (): string => {
    const file = path.join(folder, `${lab.topic}.ts`);
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, "utf8") : "";
  };

  async function check(fns: readonly string[]): Promise<void> {
    let done = 0;
    busy(`checking ${fns.length === 1 ? fns[0] : `${fns.length} exercises`} ...`);
    const onExercise = (outcome: GradedExercise): void => {
      const { fn } = lab.exercises.find(({ id }) => id === outcome.id)!;
      outcomes.set(fn, outcome);
      rememberOutcome(root, `${lab.id}/${outcome.id}`, outcome);
      done++;
      if (done < fns.length) busy(`checking ${done} of ${fns.length} ...`);
    };
    await gradeLab(lab, folder, { limits, only: fns, onExercise });
    busy("");
  }

  const stateOf = ({ fn }: Exercise): GradedExercise | undefined => outcomes.get(fn);
  const isPassed = (exercise: Exercise): boolean => stateOf(exercise)?.state === "pass";
  const nextOpen = (): Exercise | undefined => {
    const at = lab.exercises.indexOf(current);
    const behind = [...lab.exercises.slice(at + 1), ...lab.exercises.slice(0, at)];
    return behind.find((exercise) => !isPassed(exercise));
  };

  function show(): void {
    clear();
    say(screen.head(lab, current, (exercise) => stateOf(exercise), paint));
    const outcome = stateOf(current);
    if (outcome !== undefined) say(exerciseText(outcome, paint, AT_ONCE));
    const next = nextOpen();
    if (outcome?.state === "todo") say(screen.toDo(current, folder, lab, text, paint));
    if (outcome?.state === "pass") say(screen.passed(lab, next, paint));
    say(screen.keys(outcome?.state === "pass", paint));
  }

  async function enter(next: Lab): Promise<void> {
    lab = next;
    outcomes = new Map();
    text = fileText();
    await check(lab.exercises.map(({ fn }) => fn));
    current = lab.exercises.find((exercise) => !isPassed(exercise)) ?? lab.exercises[0]!;
    show();
  }

  /** Which exercises a save touched: a change outside of the exercises may touch all of them. */
  function touched(after: string): readonly string[] {
    const all = lab.exercises.map(({ fn }) => fn);
    try {
      const changed = changedFunctions(text, after, lab.topic);
      text = after;
      const anew = all.filter((fn) => changed.includes(fn) || outcomes.get(fn)?.state === "syntax");
      return anew.length > 0 ? anew : all;
    } catch {
      return [current.fn]; // it does not compile, which one check tells as well as eight
    }
  }

  async function afterSave(topic: string): Promise<void> {
    const other = labs.find((one) => one.topic === topic);
    if (other === undefined) return;
    if (other !== lab) return enter(other);
    const fns = touched(fileText());
    // Who works on another exercise is followed there.
    if (!fns.includes(current.fn)) current = lab.exercises.find(({ fn }) => fn === fns[0])!;
    await check(fns);
    show();
  }

  function details(): void {
    const outcome = stateOf(current);
    if (outcome !== undefined) say(`\n${exerciseText(outcome, paint)}`);
  }

  function hint(): void {
    const id = `${lab.id}/${current.id}`;
    const seen = readProgress(root, id).hints;
    const which = Math.min(seen + 1, current.hints.length);
    if (which > seen) updateProgress(root, id, () => ({ hints: which }));
    say(screen.hint(current, which, paint));
  }

  function help(): void {
    const seen = stateOf(current)?.checks.map(({ message }) => message) ?? [];
    const found = current.errors.filter(({ see }) => seen.some((message) => see.test(message)));
    say(screen.help(found.map((one) => one.help)));
  }

  function solution(): void {
    if (!readProgress(root, `${lab.id}/${current.id}`).passed) {
      say(`The solution opens when ${current.fn} has passed.`);
      return;
    }
    const solutions = readFileSync(path.join(root, "solutions", `${lab.topic}.ts`), "utf8");
    say(`\n${solutionText(solutions, current.fn) ?? ""}`);
  }

  function step(by: 1 | -1): void {
    const { length } = lab.exercises;
    current = lab.exercises[(lab.exercises.indexOf(current) + by + length) % length]!;
    show();
  }

  async function onward(): Promise<void> {
    if (!isPassed(current)) return step(1);
    const next = nextOpen();
    if (next !== undefined) {
      current = next;
      return show();
    }
    const following = labs[labs.indexOf(lab) + 1];
    if (following === undefined) say("This was the last lab. Well done.");
    else await enter(following);
  }

  const actions: Readonly<Record<string, () => void | Promise<void>>> = {
    h: hint,
    e: help,
    d: details,
    s: solution,
    n: onward,
    p: () => step(-1),
    r: () => check([current.fn]).then(show),
    a: () => enter(lab),
    l: () => say(screen.list(lab, current, stateOf, paint)),
    "?": () => say(screen.allKeys),
  };

  return {
    begin: () => inTurn(() => enter(lab)),
    saved: (topic) => inTurn(() => afterSave(topic)),
    press: (key) => inTurn(async () => actions[key]?.()),
  };
}

function firstOpenLab(root: string): Lab {
  const isOpen = ({ id, exercises }: Lab): boolean =>
    exercises.some((exercise) => !readProgress(root, `${id}/${exercise.id}`).passed);
  return labs.find(isOpen) ?? labs[0]!;
}
