import { closest } from "./closest";
import { deduction, extended, lateness, type Lateness } from "./late";
import { checkMark, type Mark, type Markable } from "./marks";
import type { GradedCheck, GradedLab, GradedQuestion, GradedSubmission, State } from "./model";
import { planOf, type Plan, type PlannedLab, type PlannedQuestion } from "./plan";
import type { Policy } from "./policy";

/**
 * From facts, policy and marks to what a learner gets. All points are exact here (as exact as doubles are); `shown`
 * rounds them, once, where they are written.
 */

export interface FinalQuestion extends Pick<PlannedQuestion, "id" | "title" | "own" | "max"> {
  readonly state: State;
  readonly points: number;
  /** Who judged: the checks, a person, or nobody yet. */
  readonly by: "checks" | "mark" | "nobody";
  readonly mark?: Mark;
  readonly checks: readonly GradedCheck[];
  readonly output: string;
}

export interface FinalLate extends Lateness {
  /** Points that are taken off. */
  readonly deduction: number;
}

export interface FinalLab {
  readonly id: string;
  readonly title: string;
  readonly file?: string;
  readonly state: State;
  /** Before anything is taken off. */
  readonly earned: number;
  readonly late?: FinalLate;
  readonly points: number;
  readonly max: number;
  readonly questions: readonly FinalQuestion[];
}

export interface FinalResult {
  readonly learner: string;
  readonly state: State;
  readonly points: number;
  readonly max: number;
  /** Points that being late costs, in all labs. */
  readonly late: number;
  /** Whether the pass mark is reached; undefined without one, and where a mark that is still to come decides. */
  readonly passed?: boolean;
  /** Questions that wait for a mark. */
  readonly waiting: readonly string[];
  readonly labs: readonly FinalLab[];
  /** What is odd about the submission, and about how the policy applies to it. */
  readonly problems: readonly string[];
  readonly handedIn?: string;
  readonly submission: GradedSubmission;
}

export interface ClassResult {
  readonly plan: Plan;
  /** By name. */
  readonly learners: readonly FinalResult[];
  /** Who is in the policy's roster and handed nothing in, by name. */
  readonly missing: readonly string[];
  /** What the policy says of learners who are not there, and who is there that it does not know. */
  readonly notes: readonly string[];
}

/** @throws RangeError for two submissions of one learner, and for what marks or policy name that is not there */
export function finalResults(
  results: readonly GradedSubmission[],
  policy: Policy = {},
  marks: readonly Mark[] = [],
): ClassResult {
  const learners = results.map(({ learner }) => learner);
  const twice = learners.find((name, i) => learners.indexOf(name) < i);
  if (twice !== undefined) throw new RangeError(`There are two results of "${twice}". Take one of them out.`);
  const plan = planOf(results, policy);
  const missing = (policy.roster ?? []).filter((name) => !learners.includes(name)).sort(collate);
  const known = markable(plan, learners);
  marks.forEach((mark, i) => checkMark(mark, known, `marks.json: marks[${i}]`));
  const byLearner = new Map<string, Map<string, Mark>>();
  for (const mark of marks) {
    const own = byLearner.get(mark.learner) ?? new Map<string, Mark>();
    byLearner.set(mark.learner, own.set(mark.question, mark));
  }
  return {
    plan,
    learners: [...results]
      .sort((a, b) => collate(a.learner, b.learner))
      .map((result) => finalOf(result, plan, policy, byLearner.get(result.learner) ?? new Map())),
    missing,
    notes: notesOf(policy, learners, missing),
  };
}

/** Names that policy and submissions do not share; of those in the roster `missing` tells. */
function notesOf(policy: Policy, learners: readonly string[], missing: readonly string[]): string[] {
  const known = [...learners, ...missing];
  const strange = (["extensions", "handedIn"] as const).flatMap((field) =>
    Object.keys(policy[field] ?? {})
      .filter((name) => !known.includes(name))
      .map((name) => `policy.json: ${field}: nobody of the name "${name}" is in.${closest(name, known)}`),
  );
  const { roster = learners } = policy;
  const guests = learners.filter((name) => !roster.includes(name));
  return [
    ...strange,
    ...guests.map((name) => `policy.json: roster: "${name}" is not in it.${closest(name, missing)}`),
  ];
}

const { compare: collate } = new Intl.Collator("en", { numeric: true });

/** What can be marked, for `checkMark`. */
export const markable = ({ labs }: Plan, learners: readonly string[]): Markable => ({
  learners,
  questions: labs.flatMap(({ questions }) => questions.map(({ id, own }) => ({ id, max: own }))),
});

function finalOf(
  submission: GradedSubmission,
  plan: Plan,
  policy: Policy,
  marks: ReadonlyMap<string, Mark>,
): FinalResult {
  const { learner } = submission;
  const handedIn = policy.handedIn?.[learner] ?? submission.source.submittedAt;
  const labs = plan.labs.map((planned) =>
    finalLab(
      planned,
      submission.labs.find(({ id }) => id === planned.id),
      marks,
      handedIn,
      [policy.extensions?.[learner] ?? []].flat(),
    ),
  );
  const sum = (of: (lab: FinalLab) => number): number => labs.reduce((total, lab) => total + of(lab), 0);
  const [points, max] = [sum((lab) => lab.points), plan.max];
  const open = labs.flatMap(({ questions }) => questions.filter(({ by }) => by === "nobody"));
  const undated = handedIn === undefined && plan.labs.some(({ deadline }) => deadline !== undefined);
  const unknown = "It is not known when this was handed in, so nothing is taken off for being late.";
  const passed = passes(points, max, open.length > 0, plan.passMark);
  return {
    learner,
    state: submission.labs.length === 0 ? submission.state : stateOf(labs.map((lab) => lab.state)),
    points,
    max,
    late: sum(({ late }) => late?.deduction ?? 0),
    ...(passed !== undefined && { passed }),
    waiting: open.map(({ id }) => id),
    labs,
    problems: [...submission.problems, ...(undated ? [unknown] : [])],
    ...(handedIn !== undefined && { handedIn }),
    submission,
  };
}

/** Sums of doubles are off in their last digits, which must fail nobody. */
const TINY = 1e-9;

function passes(points: number, max: number, waits: boolean, passMark?: number): boolean | undefined {
  if (passMark === undefined) return undefined;
  if (100 * points >= passMark * max - TINY * max) return true;
  return waits ? undefined : false;
}

function finalLab(
  planned: PlannedLab,
  graded: GradedLab | undefined,
  marks: ReadonlyMap<string, Mark>,
  handedIn: string | undefined,
  extensions: Parameters<typeof extended>[1],
): FinalLab {
  const { id, title, max } = planned;
  const questions = planned.questions.map((question) =>
    finalQuestion(
      question,
      graded?.questions.find((one) => one.id === question.id),
      marks.get(question.id),
    ),
  );
  const earned = questions.reduce((total, { points }) => total + points, 0);
  const late = lateOf(planned, earned, handedIn, extensions);
  return {
    id,
    title,
    ...(graded?.file !== undefined && { file: graded.file }),
    state: labState(questions),
    earned,
    ...(late !== undefined && earned > 0 && { late }),
    points: earned - (late?.deduction ?? 0),
    max,
    questions,
  };
}

function lateOf(
  { id, max, deadline, late: rule }: PlannedLab,
  earned: number,
  handedIn: string | undefined,
  extensions: Parameters<typeof extended>[1],
): FinalLate | undefined {
  if (deadline === undefined || rule === undefined || handedIn === undefined) return undefined;
  const late = lateness(Date.parse(handedIn), extended(deadline, extensions, id), rule);
  return late && { ...late, deduction: deduction(earned, max, late.percent, rule.of) };
}

function finalQuestion(planned: PlannedQuestion, graded?: GradedQuestion, mark?: Mark): FinalQuestion {
  const { id, title, own, max, manual } = planned;
  const told = { id, title, own, max, checks: graded?.checks ?? [], output: graded?.output ?? "" };
  if (mark !== undefined) {
    const share = own === 0 ? 0 : mark.points / own;
    const state = share >= 1 ? "pass" : share > 0 ? "partial" : "fail";
    return { ...told, by: "mark", mark, state, points: share * max };
  }
  if (manual) return { ...told, by: "nobody", state: "manual", points: 0 };
  if (graded === undefined) return { ...told, by: "checks", state: "not run", points: 0 };
  return { ...told, by: "checks", state: graded.state, points: (graded.score / graded.max) * max };
}

/** One state for many. A part that had to be stopped names the whole, then one that waits for a person. */
export function stateOf(states: readonly State[]): State {
  const first = (["error", "memory", "crash", "timeout", "manual"] as const).find((one) =>
    states.includes(one),
  );
  if (states.length === 0) return "error";
  if (first !== undefined) return first;
  if (states.every((state) => state === states[0])) return states[0]!;
  return states.includes("pass") || states.includes("partial") ? "partial" : "fail";
}

/** As `stateOf`. Where the checks had nothing to run, a person's mark beside them does not hide it. */
function labState(questions: readonly FinalQuestion[]): State {
  const checked = questions.filter(({ checks }) => checks.length > 0).map(({ state }) => state);
  const nothing = (["not run", "syntax"] as const).find((one) => checked.every((state) => state === one));
  return checked.length > 0 && nothing !== undefined ? nothing : stateOf(questions.map(({ state }) => state));
}

/** Points as they are written: the only place where they are rounded, halves up. */
export function shown(points: number, decimals = 2): number {
  const scale = 10 ** decimals;
  return Math.round(points * scale + (points < 0 ? -TINY : TINY) * Math.max(1, Math.abs(points))) / scale;
}
