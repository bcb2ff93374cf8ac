import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../../lab/exercise";

/** src/lab or dist/lab: where the checks lie that this very process runs. */
const LAB = path.resolve(__dirname, "..", "..", "lab");
const GRADE = path.resolve(__dirname, "..");

/**
 * What is never taken from a submission, with its SHA-256: the checks of each lab, what all checks share, and the
 * program of the learner's process. Keys are folders or files below the project's root, as they were used.
 */
export function fixedFiles(labs: readonly Lab[]): Record<string, string> {
  const checks = path.join(LAB, "checks");
  const shared = sources(checks).filter((file) => path.dirname(file) === checks);
  const fixed: Record<string, string> = {
    "lab/exercise": hashOf(sources(LAB).filter((file) => /^exercise\.[jt]s$/.test(path.basename(file)))),
    "lab/checks": hashOf(shared),
    grade: hashOf(sources(GRADE).filter((file) => path.dirname(file) === GRADE)),
  };
  for (const { topic } of labs) fixed[`lab/checks/${topic}`] = hashOf(sources(path.join(checks, topic)));
  return fixed;
}

/** The program files below a folder, in a fixed order. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith(".d.ts") && statSync(file).isFile())
    .sort();
}

function hashOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${path.basename(file)}\0`).update(readFileSync(file));
  return hash.digest("hex");
}

/** One hash of anything that JSON can say. */
export const keyOf = (...parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");
