import { z } from "zod";

/**
 * What the grading of one learner's submission found, as it lies in results/<learner>.json. It holds facts only:
 * weights, late days and marks given by hand are applied when a report is made (policy.ts, marks.ts), so that they
 * can change without grading anew.
 */

/** How a question, a lab or a submission ended. */
export const State = z.enum([
  "pass",
  "partial",
  "fail",
  "timeout",
  "crash",
  "memory",
  "syntax",
  /** The exercise is as shipped, its function is not there, or nothing was handed in for the lab. */
  "not run",
  /** Somebody has to read it: marks.ts. */
  "manual",
  /** A fault of the grader. */
  "error",
]);
export type State = z.infer<typeof State>;

export const GradedCheck = z.strictObject({
  /** "<lab>/<exercise>/<check>", e.g. "01/count-pairs/overlap". */
  id: z.string(),
  title: z.string(),
  state: State,
  score: z.number().nonnegative(),
  max: z.number().positive(),
  /** What the learner is told. For a hidden check it is its hint: neither source nor expected value. */
  message: z.string(),
  /** The classic mistake that was recognised, in the check's own words, the same for all learners who made it. */
  mistake: z.string().optional(),
  hidden: z.boolean().optional(),
});
export type GradedCheck = z.infer<typeof GradedCheck>;

export const GradedQuestion = z.strictObject({
  /** "<lab>/<exercise>", e.g. "01/count-pairs". */
  id: z.string(),
  title: z.string(),
  state: State,
  score: z.number().nonnegative(),
  max: z.number().positive(),
  checks: z.array(GradedCheck),
  /** The end of what the learner's code printed. */
  output: z.string(),
});
export type GradedQuestion = z.infer<typeof GradedQuestion>;

export const GradedLab = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** The file inside the submission that was graded; absent where none was handed in. */
  file: z.string().optional(),
  state: State,
  score: z.number().nonnegative(),
  max: z.number().positive(),
  questions: z.array(GradedQuestion).min(1),
});
export type GradedLab = z.infer<typeof GradedLab>;

/** What held while the learner's code ran: measured by a probe inside, not assumed. */
export const Isolation = z.strictObject({
  /** What the process ran in, e.g. "bubblewrap", "namespaces", "node". */
  by: z.string(),
  /** For each thing that learner code could try: was the probe stopped? */
  blocked: z.record(z.enum(["read", "write", "network", "processes", "environment", "memory"]), z.boolean()),
});
export type Isolation = z.infer<typeof Isolation>;

export const GradedSubmission = z.strictObject({
  version: z.literal(1),
  /** The name of the submission's folder or file without its ending; unique in a class. */
  learner: z.string(),
  source: z.strictObject({
    kind: z.enum(["folder", "zip", "notebook", "file"]),
    name: z.string(),
    sha256: z.string(),
    /** When it was handed in (ISO 8601), where the source says so: late rules need it. */
    submittedAt: z.iso.datetime({ offset: true }).optional(),
  }),
  /** Changes whenever grading again could give something else: submission, checks, limits, seed. */
  key: z.string(),
  isolation: Isolation,
  /** Files that were taken from the lab and not from the submission, with their hashes. */
  fixed: z.record(z.string(), z.string()),
  /** What is odd about the submission as a whole, one sentence each: a duplicated exercise, a refused zip entry. */
  problems: z.array(z.string()),
  state: State,
  score: z.number().nonnegative(),
  max: z.number().nonnegative(),
  labs: z.array(GradedLab),
  gradedAt: z.iso.datetime({ offset: true }),
  seconds: z.number().nonnegative(),
});
export type GradedSubmission = z.infer<typeof GradedSubmission>;
