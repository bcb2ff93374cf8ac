import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import {
  addMarks,
  checkMark,
  finalResults,
  markable,
  marksFromCsv,
  marksToCsv,
  planOf,
  readMarks,
  readPolicy,
  readSmall,
  type GradedSubmission,
  type Mark,
  type Policy,
} from "../grade/class";
import { readResults } from "../grade/batch";
import { classTable, writeReports } from "../grade/report";
import { painter } from "../grade/terminal";
import { writeWhole } from "../text/node/files";

interface Options {
  readonly in: string;
  readonly out?: string;
  readonly policy?: string;
  readonly marks?: string;
  readonly title?: string;
}

interface MarkOptions extends Options {
  readonly comment?: string;
  readonly by?: string;
  readonly import?: string;
  readonly export?: string;
}

const policyFlag = ["--policy <file>", "weights, deadlines, pass mark (default: policy.json in the folder, if there)"] as const; // prettier-ignore
const marksFlag = ["--marks <file>", "marks given by hand (default: marks.json in the folder)"] as const;

/** `lab report`, which makes the reports of a class anew without grading, and `lab mark`, which adds a mark by hand. */
export function registerReport(program: Command): void {
  program
    .command("report")
    .description("make the reports of a graded class anew: table, JSON, CSV, JUnit, Gradescope, HTML")
    .option("--in <folder>", "what lab grade --submissions wrote", "grades")
    .option("--out <folder>", "where reports go (default: the same folder)")
    .option(...policyFlag)
    .option(...marksFlag)
    .option("--title <text>", "of the class")
    .action((options: Options) => guarded(() => report(options)));
  program
    .command("mark")
    .description("mark a question by hand; marks are kept over every new grading")
    .argument("[learner]", "the submission's name")
    .argument("[question]", "such as 01/essay")
    .argument("[points]", "in the question's own points", number)
    .option("--in <folder>", "what lab grade --submissions wrote", "grades")
    .option(...policyFlag)
    .option(...marksFlag)
    .option("--comment <text>", "for the learner")
    .option("--by <name>", "who marks (default: your name on this machine)")
    .option("--export <file>", "write what waits for a mark, and what is marked, as a table to fill in")
    .option("--import <file>", "add the marks of such a table")
    .action((learner: string | undefined, question: string | undefined, points: number | undefined, options: MarkOptions) =>
      guarded(() => mark(learner, question, points, options)),
    ); // prettier-ignore
}

/** Errors of files and of what is in them are for the teacher to read; others are faults of this program. */
function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The class's own files lie beside its results unless others are named; a named one must be there. */
export function classFiles({ in: folder, policy, marks }: Pick<Options, "in" | "policy" | "marks">): {
  readonly policy: Policy;
  readonly marksFile: string;
} {
  const own = path.join(folder, "policy.json");
  const file = policy ?? (existsSync(own) ? own : undefined);
  return {
    policy: file === undefined ? {} : readPolicy(file),
    marksFile: marks ?? path.join(folder, "marks.json"),
  };
}

const report = (options: Options): void => console.log(classReports(readResults(options.in), options));

/** Writes all reports of a class and gives what is printed: the table, notes, and where the reports are. */
export function classReports(results: readonly GradedSubmission[], options: Options): string {
  const { policy, marksFile } = classFiles(options);
  const marks = readMarks(marksFile);
  const out = options.out ?? options.in;
  const final = writeReports({ results, out, policy, marks, title: options.title ?? "Class report" });
  const paint = painter(process.stdout.isTTY && process.env["NO_COLOR"] === undefined);
  const page = path.join(out, "index.html");
  return [
    classTable(final, paint),
    ...final.notes.map((note) => `  ${note}`),
    `\n  Reports: ${page}, and one for each learner in ${path.join(out, "learners")}`,
  ].join("\n");
}

function mark(
  learner: string | undefined,
  question: string | undefined,
  points: number | undefined,
  options: MarkOptions,
): void {
  const results = readResults(options.in);
  const { policy, marksFile } = classFiles(options);
  const plan = planOf(results, policy);
  const known = markable(plan, results.map((result) => result.learner)); // prettier-ignore
  const by = options.by ?? os.userInfo().username;
  const at = new Date().toISOString();
  if (options.export !== undefined) {
    const marks = readMarks(marksFile);
    const { learners } = finalResults(results, policy, marks);
    const rows = learners.flatMap((result) =>
      result.labs.flatMap((lab) =>
        lab.questions
          .filter((one) => one.by !== "checks")
          .map((one) => ({ learner: result.learner, question: one.id })),
      ),
    );
    const questions = plan.labs.flatMap((lab) =>
      lab.questions.map(({ id, title, own }) => ({ id, title, max: own })),
    );
    writeWhole(options.export, marksToCsv(rows, marks, questions));
    console.log(
      `${options.export}: ${rows.length} rows. Fill in "points", then: lab mark --import ${options.export}`,
    );
    return;
  }
  let added: Mark[];
  if (options.import !== undefined) {
    added = marksFromCsv(readSmall(options.import), options.import, { by, at });
    added.forEach((one, i) =>
      checkMark(one, known, `${options.import}: mark ${i + 1} (${one.learner}, ${one.question})`),
    );
  } else {
    if (learner === undefined || question === undefined || points === undefined)
      throw new RangeError("Name a learner, a question and points: lab mark ana 01/essay 7.5 --in grades");
    const { comment } = options;
    added = [{ learner, question, points, ...(comment !== undefined && { comment }), by, at }];
    checkMark(added[0]!, known);
  }
  addMarks(marksFile, added);
  console.log(
    `${marksFile}: ${added.length === 1 ? "1 mark" : `${added.length} marks`} kept. lab report --in ${options.in} makes the reports anew.`,
  );
}

function number(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Give points as a number of 0 or more, such as 7.5.");
}
