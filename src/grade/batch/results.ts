import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writeWhole } from "../../text/node/files";
import { GradedSubmission } from "../class/model";

export const resultsFolder = (out: string): string => path.join(out, "results");
const resultFile = (out: string, learner: string): string => path.join(resultsFolder(out), `${learner}.json`);

/** Writes results/<learner>.json: a reader finds the old file or the new one. */
export function writeResult(out: string, result: GradedSubmission): void {
  writeWhole(resultFile(out, result.learner), `${JSON.stringify(result, null, 1)}\n`);
}

/**
 * The result of one learner; undefined where there is none.
 *
 * @throws RangeError for a file that is no result, with its name and what is wrong
 */
export function readResult(out: string, learner: string): GradedSubmission | undefined {
  const file = resultFile(out, learner);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  try {
    return GradedSubmission.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new RangeError(`${file} is no result of this version: ${why}\nCure: delete it, or grade with --fresh.`);
  }
} // prettier-ignore

/** All results below a batch's folder, by learner. @throws RangeError when there are none, or one is no result */
export function readResults(out: string): GradedSubmission[] {
  const folder = resultsFolder(out);
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
  const learners = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
  if (learners.length === 0) throw new RangeError(`There are no results in ${folder}.`);
  return learners.sort().map((learner) => readResult(out, learner)!);
}
