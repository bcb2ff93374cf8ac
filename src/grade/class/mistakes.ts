import type { GradedSubmission, State } from "./model";

/** What a class found hard, counted from the facts alone: no weight, mark or deadline changes it. */
export interface Findings {
  /** Most failed first. */
  readonly checks: readonly CheckCount[];
  /** Commonest first. */
  readonly mistakes: readonly MistakeCount[];
  readonly questions: readonly QuestionCount[];
}

export interface CheckCount {
  /** "01/count-pairs/overlap". */
  readonly id: string;
  readonly title: string;
  readonly hidden: boolean;
  /** Learners who wrote the exercise: those of state "not run" are not counted. */
  readonly tried: number;
  /** Those of them who failed it, by name. */
  readonly failed: readonly string[];
}

export interface MistakeCount {
  /** In the check's own words. */
  readonly mistake: string;
  /** Each learner once, however often they made it. */
  readonly learners: readonly string[];
  /** The questions in which it was made, "01/count-pairs". */
  readonly questions: readonly string[];
  /** Only hidden checks saw it: no learner may be told. */
  readonly hidden: boolean;
}

export interface QuestionCount {
  readonly id: string;
  readonly title: string;
  /** How many learners ended in each state. */
  readonly states: Readonly<Partial<Record<State, number>>>;
  /** Mean share of the points, 0 to 1, over all learners. */
  readonly mean: number;
}

export function findingsOf(results: readonly GradedSubmission[]): Findings {
  const rows = results.flatMap(({ learner, labs }) =>
    labs.flatMap(({ questions }) => questions.map((question) => ({ learner, question }))),
  );
  return { checks: countChecks(rows), mistakes: countMistakes(rows), questions: countQuestions(rows) };
}

interface Row {
  readonly learner: string;
  readonly question: GradedSubmission["labs"][number]["questions"][number];
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function countChecks(rows: readonly Row[]): CheckCount[] {
  const counts = new Map<string, CheckCount & { tried: number; failed: string[] }>();
  for (const { learner, question } of rows) {
    for (const { id, title, state, hidden = false } of question.checks) {
      const count = counts.get(id) ?? { id, title, hidden, tried: 0, failed: [] };
      counts.set(id, count);
      if (state === "not run" || state === "manual") continue;
      count.tried++;
      if (state !== "pass") count.failed.push(learner);
    }
  }
  return [...counts.values()].sort((a, b) => b.failed.length - a.failed.length || text(a.id, b.id));
}

function countMistakes(rows: readonly Row[]): MistakeCount[] {
  const counts = new Map<string, { learners: Set<string>; questions: Set<string>; hidden: boolean }>();
  for (const { learner, question } of rows) {
    for (const { mistake, hidden = false } of question.checks) {
      if (mistake === undefined) continue;
      const count = counts.get(mistake) ?? { learners: new Set(), questions: new Set(), hidden: true };
      counts.set(mistake, count);
      count.learners.add(learner);
      count.questions.add(question.id);
      count.hidden &&= hidden;
    }
  }
  return [...counts]
    .map(([mistake, { learners, questions, hidden }]) => ({
      mistake,
      learners: [...learners].sort(text),
      questions: [...questions].sort(text),
      hidden,
    }))
    .sort((a, b) => b.learners.length - a.learners.length || text(a.mistake, b.mistake));
}

function countQuestions(rows: readonly Row[]): QuestionCount[] {
  const counts = new Map<
    string,
    { title: string; states: Partial<Record<State, number>>; shares: number[] }
  >();
  for (const { question } of rows) {
    const { id, title, state, score, max } = question;
    const count = counts.get(id) ?? { title, states: {}, shares: [] };
    counts.set(id, count);
    count.states[state] = (count.states[state] ?? 0) + 1;
    count.shares.push(score / max);
  }
  return [...counts]
    .map(([id, { title, states, shares }]) => ({
      id,
      title,
      states,
      mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    }))
    .sort((a, b) => text(a.id, b.id));
}
