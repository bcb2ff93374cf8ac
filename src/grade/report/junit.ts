import { escapeHtml, escapeLine } from "../../lab/figures/escape";
import type { ClassResult, FinalQuestion, FinalResult, GradedCheck, State } from "../class";

/**
 * junit.xml: a suite for each learner, a case for each check, for the many programs that draw such files. Names and
 * messages are made good XML: control characters, which it forbids even as entities, become signs.
 */
export function junitXml(title: string, { learners }: ClassResult): string {
  const suites = learners.map(suiteOf);
  const { tests, failures, errors, skipped } = counted(suites.flatMap(({ cases }) => cases));
  const seconds = learners.reduce((sum, { submission }) => sum + submission.seconds, 0);
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeLine(title)}" tests="${tests}" ` +
    `failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds.toFixed(3)}">\n` +
    suites.map(({ xml }) => xml).join("") +
    "</testsuites>\n"
  );
}

type Verdict = "passed" | "failure" | "error" | "skipped";

const VERDICTS: Readonly<Record<State, Verdict>> = {
  pass: "passed",
  partial: "failure",
  fail: "failure",
  timeout: "failure",
  crash: "failure",
  memory: "failure",
  syntax: "failure",
  "not run": "skipped",
  manual: "skipped",
  error: "error",
};

interface Case {
  readonly verdict: Verdict;
  readonly xml: string;
}

function suiteOf({ learner, labs, submission }: FinalResult): { cases: Case[]; xml: string } {
  const cases = labs.flatMap(({ questions }) =>
    questions.flatMap((question) =>
      question.checks.length === 0
        ? [questionCase(learner, question)]
        : question.checks.map((check) => checkCase(learner, question, check)),
    ),
  );
  const { tests, failures, errors, skipped } = counted(cases);
  const head =
    `<testsuite name="${escapeLine(learner)}" tests="${tests}" failures="${failures}" errors="${errors}" ` +
    `skipped="${skipped}" time="${submission.seconds.toFixed(3)}" timestamp="${submission.gradedAt.slice(0, 19)}">`;
  return { cases, xml: `  ${head}\n${cases.map(({ xml }) => xml).join("")}  </testsuite>\n` };
}

const counted = (cases: readonly Case[]) => {
  const count = (verdict: Verdict): number => cases.filter((one) => one.verdict === verdict).length;
  return {
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
};

const checkCase = (learner: string, question: FinalQuestion, check: GradedCheck): Case =>
  caseOf(
    learner,
    question,
    `${check.title}${check.hidden === true ? " (hidden)" : ""}`,
    check.state,
    check.message,
  );

/** A question without checks: a person judges it, or nothing was handed in. */
const questionCase = (learner: string, question: FinalQuestion): Case =>
  caseOf(learner, question, question.title, question.state, question.mark?.comment ?? "");

function caseOf(learner: string, question: FinalQuestion, name: string, state: State, message: string): Case {
  const verdict = VERDICTS[state];
  const open = `    <testcase classname="${escapeLine(`${learner}.${question.id}`)}" name="${escapeLine(name)}"`;
  if (verdict === "passed") return { verdict, xml: `${open}/>\n` };
  if (verdict === "skipped") return { verdict, xml: `${open}><skipped message="${state}"/></testcase>\n` };
  const first = escapeLine(message.split("\n")[0] ?? "");
  const told = `<${verdict} type="${state}" message="${first}">${escapeHtml(message)}</${verdict}>`;
  return { verdict, xml: `${open}>${told}</testcase>\n` };
}
