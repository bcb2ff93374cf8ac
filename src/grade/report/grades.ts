import { z } from "zod";
import { shown, State, type ClassResult, type FinalLab, type FinalResult, type Findings } from "../class";

/**
 * grades.json: what a class got and found hard. Points are final (weights, marks by hand and late rules applied) and
 * rounded once, to the policy's decimals. Fields are added in a new version only.
 */

const points = z.number().nonnegative();

export const GradesCheck = z.strictObject({
  /** "01/count-pairs/overlap". */
  id: z.string(),
  title: z.string(),
  state: State,
  /** In the check's own points, before weights. */
  score: points,
  max: points,
  /** What the learner is told; of a hidden check its hint. */
  message: z.string(),
  hidden: z.boolean(),
});

export const GradesQuestion = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: State,
  points,
  max: points,
  /** Who judged: the checks, a person (a mark), or nobody yet. */
  by: z.enum(["checks", "mark", "nobody"]),
  comment: z.string().optional(),
  checks: z.array(GradesCheck),
});

export const GradesLab = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: State,
  /** Before anything is taken off for being late. */
  earned: points,
  /** Days after the learner's deadline, the per cent that costs, and the points. */
  late: z.strictObject({ days: points, percent: points, deduction: points, deadline: z.string() }).optional(),
  points,
  max: points,
  questions: z.array(GradesQuestion),
});

export const GradesLearner = z.strictObject({
  learner: z.string(),
  state: State,
  points,
  max: points,
  /** 100 * points / max. */
  percent: points,
  /** Points taken off in all labs. */
  late: points,
  /** null: no pass mark, or a mark that is still to come decides. */
  passed: z.boolean().nullable(),
  /** Questions that wait for a mark. */
  waiting: z.array(z.string()),
  /** ISO 8601, where it is known. */
  handedIn: z.string().optional(),
  problems: z.array(z.string()),
  labs: z.array(GradesLab),
});

export const Grades = z.strictObject({
  version: z.literal(1),
  title: z.string(),
  max: points,
  /** Per cent. */
  passMark: points.nullable(),
  learners: z.array(GradesLearner),
  findings: z.strictObject({
    /** Most failed first; counted among those who wrote the exercise. */
    checks: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        hidden: z.boolean(),
        tried: z.number().int().nonnegative(),
        failed: z.array(z.string()),
      }),
    ),
    /** Commonest first, each learner once. */
    mistakes: z.array(
      z.strictObject({
        mistake: z.string(),
        questions: z.array(z.string()),
        learners: z.array(z.string()),
        hidden: z.boolean(),
      }),
    ),
  }),
  /** Who is in the roster and handed nothing in. */
  missing: z.array(z.string()),
  notes: z.array(z.string()),
});
export type Grades = z.infer<typeof Grades>;

export function gradesOf(
  title: string,
  { plan, learners, missing, notes }: ClassResult,
  findings: Findings,
): Grades {
  const r = (value: number): number => shown(value, plan.decimals);
  return {
    version: 1,
    title,
    max: r(plan.max),
    passMark: plan.passMark ?? null,
    learners: learners.map((result) => gradesLearner(result, r)),
    findings: {
      checks: findings.checks.map((check) => ({ ...check, failed: [...check.failed] })),
      mistakes: findings.mistakes.map(({ mistake, questions, learners, hidden }) => ({
        mistake,
        questions: [...questions],
        learners: [...learners],
        hidden,
      })),
    },
    missing: [...missing],
    notes: [...notes],
  };
}

/** 0 to 100, to two decimals; 0 where there are no points. */
export const percentOf = (part: number, max: number): number => (max > 0 ? shown((100 * part) / max) : 0);

type Rounding = (value: number) => number;

const gradesLearner = (result: FinalResult, r: Rounding): Grades["learners"][number] => ({
  learner: result.learner,
  state: result.state,
  points: r(result.points),
  max: r(result.max),
  percent: percentOf(result.points, result.max),
  late: r(result.late),
  passed: result.passed ?? null,
  waiting: [...result.waiting],
  ...(result.handedIn !== undefined && { handedIn: result.handedIn }),
  problems: [...result.problems],
  labs: result.labs.map((lab) => gradesLab(lab, r)),
});

const gradesLab = (
  { id, title, state, earned, late, points, max, questions }: FinalLab,
  r: Rounding,
): z.infer<typeof GradesLab> => ({
  id,
  title,
  state,
  earned: r(earned),
  ...(late && {
    late: {
      days: shown(late.days, 3),
      percent: shown(late.percent, 3),
      deduction: r(late.deduction),
      deadline: late.deadline,
    },
  }),
  points: r(points),
  max: r(max),
  questions: questions.map((question) => ({
    id: question.id,
    title: question.title,
    state: question.state,
    points: r(question.points),
    max: r(question.max),
    by: question.by,
    ...(question.mark?.comment !== undefined && { comment: question.mark.comment }),
    checks: question.checks.map(({ id, title, state, score, max, message, hidden = false }) => ({
      id,
      title,
      state,
      score,
      max,
      message,
      hidden,
    })),
  })),
});
