import { csvText, shown, type ClassResult } from "../class";
import { percentOf } from "./grades";
import { NOT_HANDED_IN } from "./page";

/** grades.csv: one row a learner, one column a question. See csvText for what makes it safe to open. */
export function gradesCsv({ plan, learners, missing }: ClassResult): string {
  const r = (value: number): number => shown(value, plan.decimals);
  const questions = plan.labs.flatMap((lab) => lab.questions);
  const heading = [
    "learner",
    ...questions.map(({ id, max }) => `${id} (of ${r(max)})`),
    ...["late", "total", "max", "percent", "state", "passed", "waits for marks", "handed in", "problems"],
  ];
  const rows = learners.map((result) => [
    result.learner,
    // An empty cell: nobody has judged it yet.
    ...result.labs.flatMap((lab) =>
      lab.questions.map(({ by, points }) => (by === "nobody" ? undefined : r(points))),
    ),
    // Below zero, so that a row adds up.
    result.late === 0 ? 0 : -r(result.late),
    r(result.points),
    r(result.max),
    percentOf(result.points, result.max),
    result.state,
    result.passed === undefined ? "" : result.passed ? "yes" : "no",
    result.waiting.length,
    result.handedIn,
    result.problems.join(" "),
  ]);
  const nothing = missing.map((name) => [
    name,
    ...questions.map(() => undefined),
    ...[0, 0, r(plan.max), 0, NOT_HANDED_IN, plan.passMark === undefined ? "" : "no", 0],
  ]);
  return csvText([heading, ...rows, ...nothing]);
}
