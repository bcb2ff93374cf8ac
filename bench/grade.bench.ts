/**
 * Grading a class: 300 submissions of one lab, made from its solutions and its mutants, with two jobs. How many a
 * second, and what one hostile submission among them costs. A round takes minutes: `--rounds 1` says enough.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gradeClass } from "../src/grade/batch";
import { findLab } from "../src/lab/checks";
import { bench, type Case } from "./harness";

const root = join(__dirname, "..");
const SUBMISSIONS = process.argv.includes("--quick") ? 30 : 300;
const JOBS = 2;

/** A submission's files: the solution, where three of four have one exercise written as one of its mutants has it. */
function submission(topic: string, i: number): Record<string, string> {
  const solution = readFileSync(join(root, "solutions", `${topic}.ts`), "utf8");
  const lab = `${topic}.ts`;
  if (i % 4 === 0) return { [lab]: `${solution}// ${i}\n` };
  const { exercises } = findLab(topic);
  const { id, fn } = exercises[i % exercises.length]!;
  const folder = join(root, "test", "mutants", topic, id);
  const names = readdirSync(folder);
  const mutant = readFileSync(join(folder, names[i % names.length]!), "utf8");
  // A file of its own for the mutant, which brings its imports and types along.
  const right = solution.replace(`export function ${fn}(`, `export function ${fn}Right(`);
  return { [lab]: `export { ${fn} } from "./mutant";\n${right}// ${i}\n`, "mutant.ts": mutant };
}

function makeClass(topic: string, hostile: boolean): string {
  const dir = mkdtempSync(join(tmpdir(), "lab-bench-class-"));
  for (let i = 0; i < SUBMISSIONS; i++) {
    const place = join(dir, `learner-${String(i).padStart(3, "0")}`);
    mkdirSync(place);
    for (const [name, text] of Object.entries(submission(topic, i))) writeFileSync(join(place, name), text);
    if (hostile && i === 10) writeFileSync(join(place, `${topic}.ts`), "export function encodeChars() { for (;;); }");
  }
  return dir;
} // prettier-ignore

const notes = new Set([
  "A submission is all exercises of one lab, each in a fresh process; a quarter of them has full marks.",
]);
/** The round before the first is to warm up, and there is nothing to warm in processes that all start anew. */
const warmed = new Set<string>();

/** Grades a class anew and gives the seconds. The result is looked at, so that a batch that failed is no record. */
async function grade(topic: string, dir: string, out: string): Promise<number> {
  if (!warmed.has(dir)) {
    warmed.add(dir);
    return 1;
  }
  const started = performance.now();
  const { results, faults, isolation } = await gradeClass({ root, dir, out, jobs: JOBS, fresh: true });
  const full = results.filter(({ state }) => state === "pass").length;
  if (faults.length > 0 || results.length !== SUBMISSIONS || full !== Math.ceil(SUBMISSIONS / 4))
    throw new Error(`${topic}: ${results.length} results, ${full} with full marks, ${faults.length} faults`);
  notes.add(`Isolation: ${isolation.by}.`);
  return (performance.now() - started) / 1000;
}

/** The same class twice, the second time with one submission that loops for ever. */
function classCase(topic: string): Case {
  const out = mkdtempSync(join(tmpdir(), "lab-bench-grades-"));
  const [clean, hostile] = [makeClass(topic, false), makeClass(topic, topic.startsWith("01"))];
  return {
    unit: "submissions/s",
    amount: SUBMISSIONS,
    contenders: [
      { name: `${SUBMISSIONS} submissions, ${JOBS} jobs`, run: () => grade(topic, clean, out) },
      ...(topic.startsWith("01")
        ? [{ name: "the same, one of them hostile", run: () => grade(topic, hostile, out) }]
        : []),
    ],
    get notes() {
      return [...notes];
    },
    close: () => [out, clean, hostile].forEach((folder) => rmSync(folder, { recursive: true, force: true })),
  };
}

void bench("grade", {
  "lab 01 (plain data)": () => classCase("01-tokenization"),
  "lab 04 (tensors)": () => classCase("04-multi-head-attention"),
});
