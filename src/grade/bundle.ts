import { readFileSync, realpathSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { build, type BuildFailure, type Message, type Plugin } from "esbuild";

/** A lab file that cannot be run at all: why, in one or more lines. */
export class LabFileError extends Error {
  constructor(
    readonly kind: "missing" | "syntax",
    message: string,
  ) {
    super(message);
    this.name = "LabFileError";
  }
}

/** The child's program, beside which a lab lies when it is run. */
export const CHILD_FILE = "child.cjs";

/** A lab is some hundred lines; far more is a mistake (or no lab). */
const MOST_BYTES = 1_000_000;

/**
 * Compiles `folder/name` (TypeScript) and what it imports from inside `folder` to one CommonJS text. Nothing of it
 * is run here. Types are not checked. Throws a LabFileError for a missing file, a syntax error (with its line), and
 * an import from outside the folder.
 */
export async function bundleLab(folder: string, name: string): Promise<string> {
  const file = path.join(folder, name);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) throw new LabFileError("missing", `There is no file ${name}.`);
  try {
    const result = await build({
      entryPoints: [file],
      absWorkingDir: path.resolve(folder),
      bundle: true,
      write: false,
      outfile: "lab.cjs",
      platform: "node",
      target: "node20",
      format: "cjs",
      charset: "utf8",
      sourcemap: "inline",
      sourcesContent: false,
      logLevel: "silent",
      // The learner's own tsconfig.json is no part of the graded work.
      tsconfigRaw: {},
      plugins: [insideOnly(realpathSync(folder))],
    });
    return result.outputFiles[0]!.text;
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new LabFileError("syntax", error.errors.slice(0, 5).map(errorLine).join("\n"));
  }
}

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && "errors" in error;

function errorLine({ text, location }: Message): string {
  if (location === null) return text;
  return `${path.basename(location.file)}, line ${location.line}, column ${location.column + 1}: ${text}`;
}

/** Imports from the lab's own folder and of Node's modules; the library gives types, but does no exercise. */
function insideOnly(root: string): Plugin {
  const inside = (file: string): boolean => file.startsWith(root + path.sep);
  return {
    name: "inside-only",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path: name, kind, importer }) => {
        if (importer === "transformer-lab/engine") return { path: `./${CHILD_FILE}`, external: true };
        if (kind === "entry-point" || /^\.{0,2}\//.test(name) || path.isAbsolute(name)) return undefined;
        if (name === "transformer-lab" || name.startsWith("transformer-lab/")) {
          return { path: name, namespace: "library" };
        }
        if (builtinModules.includes(name.replace(/^node:/, ""))) return { path: name, external: true };
        return { errors: [{ text: `A lab imports no packages, and this is one: "${name}"` }] };
      });
      onLoad({ filter: /.*/, namespace: "library" }, ({ path: name }) => ({
        contents: libraryStandIn(name),
      }));
      onLoad({ filter: /.*/, namespace: "file" }, ({ path: file }) => {
        const real = realpathSync(file);
        if (!inside(real)) return { errors: [{ text: "A lab imports nothing from outside its own folder" }] };
        if (statSync(real).size > MOST_BYTES) return { errors: [{ text: "The file is larger than 1 MB" }] };
        if (/\.[cm]?[jt]sx?$/.test(real)) return undefined;
        return { contents: readFileSync(real), loader: real.endsWith(".json") ? "json" : "text" };
      });
    },
  };
}

/**
 * In the library's place: whatever is taken from it says "write it yourself" when it is called. Only `tf` is there,
 * where the child has it.
 */
function libraryStandIn(name: string): string {
  const message = `Write it yourself: a lab may take types from "${name}", but this calls the library's own `;
  const tf = name === "transformer-lab/engine" ? `require("./${CHILD_FILE}").tf` : "undefined";
  return `const tf = ${tf};
  module.exports = Object.create(new Proxy({}, { get: (_, key) => function () {
    throw new Error(${JSON.stringify(message)} + String(key));
  } }));
  if (tf !== undefined) module.exports.tf = tf;`;
}
