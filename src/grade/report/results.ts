import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { GradedSubmission, readSmall } from "../class";
import { parseChecked } from "../class/json";

/**
 * All results of a batch: `folder`/results/<learner>.json.
 * @throws Error that names the file that is no result, and the cure
 */
export function readResults(folder: string): GradedSubmission[] {
  const place = path.join(folder, "results");
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(
      `${folder}: there are no results in it. Give the folder that lab grade --submissions wrote (its --out).`,
    );
  const names = readdirSync(place).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  if (names.length === 0) throw new Error(`${place}: no submission is graded yet.`);
  return names.sort().map((name) => {
    const file = path.join(place, name);
    try {
      return parseChecked(readSmall(file), GradedSubmission, file);
    } catch (error) {
      throw new Error(`${(error as Error).message}\nRemove ${file} and grade that submission again.`, {
        cause: error,
      });
    }
  });
}
