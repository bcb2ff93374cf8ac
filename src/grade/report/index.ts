import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { writeWhole } from "../../text/node/files";
import {
  finalResults,
  findingsOf,
  type ClassResult,
  type GradedSubmission,
  type Mark,
  type Policy,
} from "../class";
import { classPage } from "./classPage";
import { gradesCsv } from "./csv";
import { gradescopeResults } from "./gradescope";
import { gradesOf } from "./grades";
import { junitXml } from "./junit";
import { learnerPage } from "./learnerPage";
import { fileNames } from "./names";
import { GENERATOR } from "./page";

export { Grades } from "./grades";
export { classTable, summaryLine } from "./terminal";

export interface ReportInput {
  readonly results: readonly GradedSubmission[];
  readonly policy?: Policy;
  readonly marks?: readonly Mark[];
  /** Of the class; "Class report" without it. */
  readonly title?: string;
}

/** Every report as text, by its path below the folder of reports. */
export function makeReports(input: ReportInput): {
  readonly files: Map<string, string>;
  readonly final: ClassResult;
} {
  const { results, policy = {}, marks = [], title = "Class report" } = input;
  const final = finalResults(results, policy, marks);
  const findings = findingsOf(results);
  const names = fileNames(final.learners.map(({ learner }) => learner));
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const files = new Map([
    ["grades.json", json(gradesOf(title, final, findings))],
    ["grades.csv", gradesCsv(final)],
    ["junit.xml", junitXml(title, final)],
    ["index.html", classPage({ title, final, findings, files: names })],
  ]);
  for (const result of final.learners) {
    const name = names.get(result.learner)!;
    files.set(`learners/${name}.html`, learnerPage(title, result, final.plan));
    files.set(`gradescope/${name}/results.json`, json(gradescopeResults(result, final.plan, policy)));
  }
  return { files, final };
}

/**
 * Writes every report below `out`, each file whole or not at all, and takes away our own pages of learners who are no
 * longer there. Nothing is graded. @throws as `finalResults`, and then nothing is written
 */
export function writeReports({ out, ...input }: ReportInput & { readonly out: string }): ClassResult {
  const { files, final } = makeReports(input);
  for (const [name, text] of files) writeWhole(path.join(out, name), text);
  sweep(path.join(out, "learners"), (name) => files.has(`learners/${name}`));
  return final;
}

function sweep(folder: string, keep: (name: string) => boolean): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".html") || keep(name)) continue;
    const file = path.join(folder, name);
    if (readFileSync(file, "utf8").slice(0, 400).includes(GENERATOR)) rmSync(file);
  }
}
