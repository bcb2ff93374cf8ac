import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build, type BuildFailure } from "esbuild";
import { z } from "zod";
import { closest } from "./class/closest";
import { labs as allLabs } from "../lab/checks";
import type { Check, Lab } from "../lab/exercise";

/** A check from outside of the project, and the exercise that it belongs to. */
export interface HiddenCheck {
  /** "01/count-pairs". */
  readonly exercise: string;
  readonly check: Check;
}

export interface HiddenChecks {
  readonly checks: readonly HiddenCheck[];
  /** Of the module and what it imports from beside it. */
  readonly sha256: string;
}

const MOST_BYTES = 1_000_000;
/** src/ or dist/: where "transformer-lab/lab/..." of a module of hidden checks is found. */
const PROJECT = path.resolve(__dirname, "..");

const Checks = z
  .array(
    z.strictObject({
      exercise: z.string(),
      check: z.looseObject({
        id: z.string().regex(/^[\w-]{1,80}$/, "letters, digits, - and _ make an id"),
        title: z.string().min(1).max(200),
        points: z.number().positive().max(1000),
        hint: z.string().max(1000).optional(),
        run: z.custom<Check["run"]>((value) => typeof value === "function", "expected a function"),
      }),
    }),
  )
  .min(1);

/**
 * Reads `file`, a TypeScript module with `export const checks: { exercise: string; check: Check }[]`, and runs it in
 * this process: it is the teacher's own. It may import what lies beside it, packages, and the project as
 * "transformer-lab/lab/checks/plain" and the like. Every check of it becomes a hidden one.
 * @throws RangeError that names the file, the field and the cure
 */
export async function readHidden(file: string): Promise<HiddenChecks> {
  const bad = (what: string): RangeError => new RangeError(`${file}: ${what}`);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile())
    throw bad("there is no such file. Give a module of hidden checks.");
  if (stat.size > MOST_BYTES) throw bad(`${stat.size} bytes, more than the ${MOST_BYTES} that are read.`);
  const exported: { checks?: unknown } = {};
  let code: string;
  try {
    const module = { exports: exported };
    code = await bundled(file);
    const run = new Function("module", "exports", "require", code) as (...args: unknown[]) => void;
    run(module, module.exports, createRequire(path.resolve(file)));
    exported.checks = module.exports.checks;
  } catch (error) {
    throw bad(`it could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = Checks.safeParse(exported.checks);
  if (!read.success) {
    const { path: place, message } = read.error.issues[0]!;
    const at = place.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
    throw bad(
      `checks${at}: ${message}. It must export checks: { exercise: "01/count-pairs", check: Check }[].`,
    );
  }
  const checks = read.data.map(({ exercise, check }) => ({ exercise, check: { ...check, hidden: true } }));
  return { checks, sha256: createHash("sha256").update(code).digest("hex") };
}

async function bundled(file: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [path.resolve(file)],
      bundle: true,
      write: false,
      platform: "node",
      target: "node20",
      format: "cjs",
      packages: "external",
      logLevel: "silent",
      tsconfigRaw: {},
      plugins: [
        {
          name: "project",
          setup: ({ onResolve }) =>
            // The very modules that run here, and not copies of them: a check compares classes by identity.
            onResolve({ filter: /^transformer-lab\/.+/ }, ({ path: name }) => ({
              path: path.join(PROJECT, name.replace(/^transformer-lab\//, "")),
              external: true,
            })),
        },
      ],
    });
    return outputFiles[0]!.text;
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>;
    const [first] = errors;
    if (first === undefined) throw error;
    const line = first.location === null ? "" : `line ${first.location.line}: `;
    throw new Error(`${line}${first.text}`, { cause: error });
  }
}

/**
 * The labs with these checks added to their exercises. Checks of labs that are not among `labs` are left out.
 * @throws RangeError for an exercise that no lab has, naming the closest, and for an id that is taken
 */
export function withHidden(labs: readonly Lab[], hidden: readonly HiddenCheck[]): Lab[] {
  const known = allLabs.flatMap((lab) => lab.exercises.map(({ id }) => `${lab.id}/${id}`));
  for (const { exercise, check } of hidden) {
    if (known.includes(exercise)) continue;
    throw new RangeError(
      `Hidden check "${check.id}": there is no exercise "${exercise}".${closest(exercise, known)}`,
    );
  }
  return labs.map((lab) => ({
    ...lab,
    exercises: lab.exercises.map((exercise) => {
      const id = `${lab.id}/${exercise.id}`;
      const added = hidden.filter((one) => one.exercise === id).map(({ check }) => check);
      const checks = [...exercise.checks, ...added];
      const twice = checks.find((check, i) => checks.findIndex((other) => other.id === check.id) < i);
      if (twice === undefined) return { ...exercise, checks };
      throw new RangeError(
        `Hidden check "${twice.id}" of ${id}: another check has this id already. Give it one of its own.`,
      );
    }),
  }));
}
