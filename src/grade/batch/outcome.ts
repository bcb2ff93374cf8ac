import type { ExerciseOutcome, Lab, Outcome } from "../../lab/exercise";
import type { GradedCheck, GradedLab, GradedQuestion, State } from "../class/model";
import type { GradedExercise, LabOutcome } from "../lab";

/** A grader's state in the words of a class: what was not written and what is not there were both not run. */
const stateOf = (outcome: Outcome): State =>
  outcome === "todo" || outcome === "missing" ? "not run" : outcome;

/** The result of one lab in the form that is kept; `file` is the path inside the submission. */
export function gradedLab({ id, title, exercises, ...lab }: LabOutcome, file: string): GradedLab {
  const questions = exercises.map((exercise) => question(id, exercise));
  return { id, title, file, state: stateOf(lab.state), score: lab.score, max: lab.max, questions };
}

function question(lab: string, { output, ...exercise }: GradedExercise): GradedQuestion {
  const { id, title, state, score, max } = exercise;
  const checks = exercise.checks.map((check) => gradedCheck(`${lab}/${id}`, check));
  return { id: `${lab}/${id}`, title, state: stateOf(state), score, max, checks, output };
}

function gradedCheck(exercise: string, check: ExerciseOutcome["checks"][number]): GradedCheck {
  const { id, state, ...rest } = check;
  return { ...rest, id: `${exercise}/${id}`, state: stateOf(state) };
}

/** A lab of which nothing was handed in, or that could not be graded: every check there, and no points. */
export function ungraded(lab: Lab, state: "not run" | "error", message: string): GradedLab {
  const questions = lab.exercises.map(({ id, title, checks }): GradedQuestion => {
    const name = `${lab.id}/${id}`;
    const lost = checks.map((check): GradedCheck => ({
      id: `${name}/${check.id}`,
      title: check.title,
      state,
      score: 0,
      max: check.points,
      message,
      ...(check.hidden === true && { hidden: true }),
    }));
    return { id: name, title, state, score: 0, max: sum(lost, "max"), checks: lost, output: "" };
  });
  return { id: lab.id, title: lab.title, state, score: 0, max: sum(questions, "max"), questions };
}

const sum = <K extends string>(parts: readonly Readonly<Record<K, number>>[], key: K): number =>
  parts.reduce((total, part) => total + part[key], 0);

/** The state of a whole submission: what had to be stopped names it, even where other parts earn points. */
export function overall(labs: readonly GradedLab[]): { state: State; score: number; max: number } {
  const [score, max] = [sum(labs, "score"), sum(labs, "max")];
  const states = labs.map(({ state }) => state);
  const stopped = (["error", "memory", "crash", "timeout"] as const).find((each) => states.includes(each));
  let state: State;
  if (labs.length === 0) state = "error";
  else if (stopped !== undefined) state = stopped;
  else if (states.every((each) => each === states[0])) state = states[0]!;
  else if (score > 0) state = "partial";
  else state = states.includes("syntax") ? "syntax" : "fail";
  return { state, score, max };
}
