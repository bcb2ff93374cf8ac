import { plain } from "../../lab/figures/escape";
import { shown, type FinalLab, type FinalQuestion, type FinalResult, type Plan, type Policy } from "../class";

/** results.json as Gradescope's autograder reads it: gradescope-autograders.readthedocs.io, "Specifications". */
export interface GradescopeResults {
  readonly score: number;
  readonly execution_time: number;
  readonly output: string;
  readonly visibility: "visible";
  /** What the grader's own programs print is for staff. */
  readonly stdout_visibility: "hidden";
  readonly tests: readonly GradescopeTest[];
  readonly extra_data: Readonly<Record<string, unknown>>;
}

export interface GradescopeTest {
  readonly name: string;
  /** Absent where nobody has judged yet. */
  readonly score?: number;
  readonly max_score?: number;
  readonly status?: "passed" | "failed";
  readonly output: string;
  readonly visibility: "visible" | "hidden" | "after_published";
}

export function gradescopeResults(
  result: FinalResult,
  { decimals }: Pick<Plan, "decimals">,
  policy: Policy,
): GradescopeResults {
  const r = (value: number): number => shown(value, decimals);
  const tests = result.labs.flatMap((lab) => labTests(lab, policy.hiddenChecks ?? "hidden", r));
  const hidden = tests.filter(({ visibility }) => visibility !== "visible").length;
  const lines = [
    `${r(result.points)} of ${r(result.max)} points.`,
    ...result.problems,
    ...(result.waiting.length > 0 ? [`Waits for a mark by hand: ${result.waiting.join(", ")}.`] : []),
    ...(hidden > 0 ? [`${hidden} hidden ${hidden === 1 ? "check" : "checks"} ran, too.`] : []),
  ];
  return {
    score: r(result.points),
    execution_time: shown(result.submission.seconds),
    output: plain(lines.join("\n")),
    visibility: "visible",
    stdout_visibility: "hidden",
    tests,
    extra_data: { learner: result.learner, state: result.state, version: 1 },
  };
}

function labTests(
  { id, late, questions }: FinalLab,
  hidden: "hidden" | "after_published",
  r: (value: number) => number,
): GradescopeTest[] {
  const tests = questions.flatMap((question) => questionTests(question, hidden, r));
  if (late === undefined) return tests;
  const days = `${shown(late.days, 1)} days after the deadline: ${shown(late.percent)} %`;
  const output = `${days}, ${r(late.deduction)} points are taken off.`;
  return [
    ...tests,
    { name: `Lab ${id}: handed in late`, score: -r(late.deduction), output, visibility: "visible" },
  ];
}

function questionTests(
  question: FinalQuestion,
  hidden: "hidden" | "after_published",
  r: (value: number) => number,
): GradescopeTest[] {
  const { id, title, by, mark, points, max, checks } = question;
  const name = plain(`${id}: ${title}`);
  if (by === "nobody") {
    return [{ name, output: "This waits for a mark by hand.", visibility: "visible" }];
  }
  if (by === "mark" || checks.length === 0) {
    const output = plain(mark?.comment ?? (by === "mark" ? "" : "Nothing was handed in for this."));
    return [{ name, score: r(points), max_score: r(max), output, visibility: "visible" }];
  }
  // A check's points, weighed as its question is.
  const all = checks.reduce((sum, check) => sum + check.max, 0);
  return checks.map((check) => ({
    name: plain(`${id}: ${check.title}`),
    score: r((check.score / all) * max),
    max_score: r((check.max / all) * max),
    status: check.state === "pass" ? "passed" : "failed",
    output: plain(check.message),
    visibility: check.hidden === true ? hidden : "visible",
  }));
}
