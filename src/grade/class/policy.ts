import { z } from "zod";
import { parseChecked, readSmall } from "./json";

/**
 * What a teacher decides, in a file of their own (policy.json): what labs and exercises are worth, deadlines, what
 * being late costs, the pass mark, and questions that are marked by hand. Nothing here needs grading anew.
 *
 *     {
 *       "total": 30, "passMark": 50, "deadline": "2026-11-20T23:59:00+01:00",
 *       "late": { "graceMinutes": 15, "perDay": 10, "cap": 50, "noCreditAfterDays": 7 },
 *       "labs": { "01": { "points": 2, "exercises": { "viterbi": 30 } }, "02": { "points": 1 } },
 *       "manual": [{ "id": "01/essay", "title": "Why subwords?", "max": 10 }],
 *       "extensions": { "ana": { "days": 3 } },
 *       "roster": ["ana", "ben"]
 *     }
 */

const Percent = z.number().min(0, "at least 0 per cent").max(100, "at most 100 per cent");
const Time = z.iso.datetime({
  offset: true,
  error: 'give a date with its time and zone, such as "2026-11-20T23:59:00+01:00"',
});
const Days = z.number().min(0, "at least 0 days").max(3650, "at most 3650 days");
const LabId = z.string().regex(/^\d\d$/, 'a lab is named by its number, such as "01"');
const Worth = z.number().min(0, "at least 0 points").max(1e6, "at most 1000000 points");

/** What being late costs, in per cent. */
export const LateRule = z
  .strictObject({
    /** A delay up to this is none. A longer one is counted from the deadline on. */
    graceMinutes: z
      .number()
      .min(0, "at least 0 minutes")
      .max(60 * 24 * 365, "at most a year")
      .optional(),
    /** Per cent for each day that has begun. */
    perDay: Percent.optional(),
    /** In place of `perDay`: the last step whose days are over counts. */
    steps: z
      .array(z.strictObject({ afterDays: Days, percent: Percent }))
      .min(1, "give at least one step")
      .refine((steps) => steps.every(({ afterDays }, i) => i === 0 || afterDays > steps[i - 1]!.afterDays), {
        error: "each step must come after more days than the one before: put them in order",
      })
      .optional(),
    /** Most per cent that are taken off. */
    cap: Percent.optional(),
    /** Later than this earns nothing, whatever the cap. */
    noCreditAfterDays: Days.optional(),
    /** Of what the per cent are: the lab's points that were earned (the default), or all that it is worth. */
    of: z.enum(["earned", "max"]).optional(),
  })
  .refine(({ perDay, steps }) => perDay === undefined || steps === undefined, {
    error: "perDay and steps are two ways to say the same: keep one of them",
  });
export type LateRule = z.infer<typeof LateRule>;

const Extension = z
  .strictObject({
    /** Days after the deadline; fractions are allowed. */
    days: Days.optional(),
    /** In place of `days`: the deadline for this learner. */
    until: Time.optional(),
    /** Only for these labs; for all without it. */
    labs: z.array(LabId).min(1, "name at least one lab, or leave labs out").optional(),
  })
  .refine(({ days, until }) => (days === undefined) !== (until === undefined), {
    error: "give either days or until",
  });
export type Extension = z.infer<typeof Extension>;

const LabPolicy = z.strictObject({
  /** What the lab is worth among the labs; without it, the sum of its questions. */
  points: Worth.optional(),
  /** What an exercise is worth inside its lab; without it, the points of its checks. 0: it does not count. */
  exercises: z.record(z.string(), Worth).optional(),
  deadline: Time.optional(),
  /** In place of the class's rule. */
  late: LateRule.optional(),
});

const ManualQuestion = z.strictObject({
  id: z.string().regex(/^\d\d\/[\w-]{1,80}$/, 'an id is a lab and a name, such as "01/essay"'),
  title: z.string().min(1, "give a title").max(200, "at most 200 characters"),
  max: z.number().positive("more than 0 points").max(1e6, "at most 1000000 points"),
});

export const Policy = z
  .strictObject({
    version: z.literal(1).optional(),
    /** What full marks are worth; without it, the sum of the labs. */
    total: z.number().positive("more than 0 points").max(1e6, "at most 1000000 points").optional(),
    /** Per cent of the total from which on one has passed. */
    passMark: Percent.optional(),
    /** Decimals of all points that are reported; 2 without it. */
    decimals: z.number().int("a whole number").min(0, "at least 0").max(6, "at most 6").optional(),
    deadline: Time.optional(),
    late: LateRule.optional(),
    labs: z.record(LabId, LabPolicy).optional(),
    /** Questions that a person marks: marks.ts. */
    manual: z.array(ManualQuestion).optional(),
    extensions: z.record(z.string(), z.union([Extension, z.array(Extension).min(1)])).optional(),
    /** When it was handed in, where the submissions do not say so, or not rightly. */
    handedIn: z.record(z.string(), Time).optional(),
    /** Everybody in the class, by the names of their submissions: who handed nothing in is then named. */
    roster: z.array(z.string().min(1, "give a name")).min(1, "name at least one learner").optional(),
    /** When Gradescope shows hidden checks (by id and hint): never, or once marks are published. */
    hiddenChecks: z.enum(["hidden", "after_published"]).optional(),
  })
  .superRefine(({ manual = [], late, deadline, labs = {}, roster = [] }, context) => {
    manual.forEach(({ id }, i) => {
      if (manual.findIndex((other) => other.id === id) < i)
        context.addIssue({ code: "custom", path: ["manual", i, "id"], message: `"${id}" is there twice` });
    });
    roster.forEach((name, i) => {
      if (roster.indexOf(name) < i)
        context.addIssue({ code: "custom", path: ["roster", i], message: `"${name}" is there twice` });
    });
    const dated = deadline !== undefined || Object.values(labs).some((lab) => lab.deadline !== undefined);
    if (late !== undefined && !dated)
      context.addIssue({
        code: "custom",
        path: ["late"],
        message: "a rule for late work needs a deadline: give one beside it, or one for each lab",
      });
  });
export type Policy = z.infer<typeof Policy>;

/** Every field of a policy, for "did you mean". */
const KEYS = [
  ...["version", "total", "passMark", "decimals", "deadline", "late", "labs", "manual", "extensions"],
  ...["handedIn", "roster", "hiddenChecks", "points", "exercises", "graceMinutes", "perDay", "steps", "cap"],
  ...["noCreditAfterDays", "of", "afterDays", "percent", "days", "until", "id", "title", "max"],
];

/** @throws as `parseChecked` */
export const parsePolicy = (text: string, file = "policy.json"): Policy =>
  parseChecked(text, Policy, file, KEYS);

/** @throws as `parsePolicy`; Error where there is no such file */
export const readPolicy = (file: string): Policy => parsePolicy(readSmall(file), file);
