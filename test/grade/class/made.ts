import type {
  GradedCheck,
  GradedLab,
  GradedQuestion,
  GradedSubmission,
  State,
} from "../../../src/grade/class";

/** Graded submissions as the batch would write them, made up: tests of what comes after grading. */

export function check(id: string, got: number, max: number, more: Partial<GradedCheck> = {}): GradedCheck {
  return {
    id,
    title: `check ${id}`,
    state: got === max ? "pass" : "fail",
    score: got,
    max,
    message: got === max ? "" : `${id} went wrong`,
    ...more,
  };
}

export function question(
  id: string,
  checks: readonly GradedCheck[],
  more: Partial<GradedQuestion> = {},
): GradedQuestion {
  const score = checks.reduce((sum, one) => sum + one.score, 0);
  const max = checks.reduce((sum, one) => sum + one.max, 0);
  const state: State = score === max ? "pass" : score > 0 ? "partial" : "fail";
  return { id, title: `Question ${id}`, state, score, max, checks: [...checks], output: "", ...more };
}

export function lab(
  id: string,
  questions: readonly GradedQuestion[],
  more: Partial<GradedLab> = {},
): GradedLab {
  const score = questions.reduce((sum, one) => sum + one.score, 0);
  const max = questions.reduce((sum, one) => sum + one.max, 0);
  const state: State = score === max ? "pass" : score > 0 ? "partial" : "fail";
  return {
    id,
    title: `Lab ${id}`,
    file: `${id}-made.ts`,
    state,
    score,
    max,
    questions: [...questions],
    ...more,
  };
}

export function submission(
  learner: string,
  labs: readonly GradedLab[],
  more: Partial<GradedSubmission> & { readonly submittedAt?: string } = {},
): GradedSubmission {
  const { submittedAt, ...rest } = more;
  const score = labs.reduce((sum, one) => sum + one.score, 0);
  const max = labs.reduce((sum, one) => sum + one.max, 0);
  return {
    version: 1,
    learner,
    source: {
      kind: "folder",
      name: learner,
      sha256: "0".repeat(64),
      ...(submittedAt !== undefined && { submittedAt }),
    },
    key: "key",
    isolation: {
      by: "namespaces",
      blocked: { read: true, write: true, network: true, processes: true, environment: true, memory: true },
    },
    fixed: {},
    problems: [],
    state: score === max ? "pass" : score > 0 ? "partial" : "fail",
    score,
    max,
    labs: [...labs],
    gradedAt: "2026-11-30T12:00:00Z",
    seconds: 1.5,
    ...rest,
  };
}
