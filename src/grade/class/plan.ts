import { closest } from "./closest";
import type { GradedSubmission } from "./model";
import type { LateRule, Policy } from "./policy";

/** What the class was asked, and what each part is worth in the end. */
export interface Plan {
  /** What full marks are worth. */
  readonly max: number;
  readonly labs: readonly PlannedLab[];
  readonly passMark?: number;
  readonly decimals: number;
}

export interface PlannedLab {
  readonly id: string;
  readonly title: string;
  readonly max: number;
  readonly questions: readonly PlannedQuestion[];
  /** Milliseconds since 1970. */
  readonly deadline?: number;
  readonly late?: LateRule;
}

export interface PlannedQuestion {
  /** "01/count-pairs". */
  readonly id: string;
  readonly title: string;
  /** The question's own points: what a mark counts in. */
  readonly own: number;
  /** What it is worth in the end, after the weights of its lab and the total. */
  readonly max: number;
  /** Only a person judges it. */
  readonly manual: boolean;
}

interface Found {
  readonly id: string;
  readonly title: string;
  readonly questions: Map<string, { title: string; own: number; manual: boolean }>;
}

/**
 * @param results of one class: the labs and questions of all of them are asked of everybody
 * @throws RangeError for labs and exercises of the policy that are not there, naming the closest; where nothing counts
 */
export function planOf(results: readonly GradedSubmission[], policy: Policy = {}): Plan {
  const labs = gathered(results, policy);
  checkNames(labs, policy);
  const sized = labs.map((lab) => {
    const rule = policy.labs?.[lab.id];
    const own = [...lab.questions.values()].reduce((sum, question) => sum + question.own, 0);
    const worth = rule?.points ?? own;
    if (own === 0 && worth > 0)
      throw new RangeError(
        `policy.json: labs."${lab.id}".exercises: none of the lab's questions counts. Give one of them points, or ` +
          `the lab 0 points.`,
      );
    return { ...lab, own, worth };
  });
  const sum = sized.reduce((total, { worth }) => total + worth, 0);
  if (results.length > 0 && sum === 0)
    throw new RangeError("policy.json: labs: no lab counts. Give one of them points.");
  const scale = sum === 0 ? 0 : (policy.total ?? sum) / sum;
  return {
    max: sum * scale,
    decimals: policy.decimals ?? 2,
    ...(policy.passMark !== undefined && { passMark: policy.passMark }),
    labs: sized.map(({ id, title, questions, own, worth }) => {
      const deadline = policy.labs?.[id]?.deadline ?? policy.deadline;
      const late = policy.labs?.[id]?.late ?? policy.late;
      return {
        id,
        title,
        max: worth * scale,
        ...(deadline !== undefined && { deadline: Date.parse(deadline) }),
        ...(late !== undefined && { late }),
        questions: [...questions].map(([question, about]) => ({
          id: question,
          ...about,
          max: own === 0 ? 0 : (about.own / own) * worth * scale,
        })),
      };
    }),
  };
}

function gathered(results: readonly GradedSubmission[], policy: Policy): Found[] {
  const labs = new Map<string, Found>();
  for (const lab of results.flatMap((result) => result.labs)) {
    const found: Found = labs.get(lab.id) ?? { id: lab.id, title: lab.title, questions: new Map() };
    labs.set(lab.id, found);
    for (const { id, title, max, state } of lab.questions) {
      const worth = policy.labs?.[lab.id]?.exercises?.[id.slice(id.indexOf("/") + 1)];
      const before = found.questions.get(id);
      found.questions.set(id, {
        title,
        own: worth ?? Math.max(max, before?.own ?? 0),
        manual: state === "manual" || before?.manual === true,
      });
    }
  }
  for (const { id, title, max } of policy.manual ?? []) {
    const lab = labs.get(id.slice(0, 2));
    const known = [...labs.keys()];
    if (lab === undefined)
      throw new RangeError(
        `policy.json: manual: "${id}" belongs to a lab that was not graded.${closest(id.slice(0, 2), known)}`,
      );
    const worth = policy.labs?.[lab.id]?.exercises?.[id.slice(3)];
    lab.questions.set(id, { title, own: worth ?? max, manual: true });
  }
  return [...labs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function checkNames(labs: readonly Found[], { labs: named = {} }: Policy): void {
  const known = labs.map(({ id }) => id);
  for (const [id, rule] of Object.entries(named)) {
    const lab = labs.find((one) => one.id === id);
    if (lab === undefined) {
      if (labs.length === 0) continue;
      throw new RangeError(
        `policy.json: labs: there is no lab "${id}" among those graded.${closest(id, known)}`,
      );
    }
    const exercises = [...lab.questions.keys()].map((question) => question.slice(question.indexOf("/") + 1));
    for (const exercise of Object.keys(rule.exercises ?? {})) {
      if (exercises.includes(exercise)) continue;
      throw new RangeError(
        `policy.json: labs."${id}".exercises: lab ${id} has no exercise "${exercise}".${closest(exercise, exercises)}`,
      );
    }
  }
}
