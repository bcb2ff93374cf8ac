/** A C++17 compiler: the system's own, or the one inside the PyPI package `ziglang`. */
import path from "node:path";
import { ask, exec } from "./exec.mjs";

/** The version of `ziglang` that the road without a system compiler was tried with. */
export const ziglang = "ziglang==0.14.1";

/**
 * @typedef {{ name: string, file: string, args: readonly string[] }} Compiler
 *   how to call it: `file ...args <arguments>`
 */

/**
 * The compilers that this machine offers, best first.
 * @param {NodeJS.ProcessEnv} env `CXX` is tried first, then `c++`, `g++` and `clang++`
 * @returns {Promise<Compiler[]>}
 */
export async function systemCompilers(env) {
  const names = [env.CXX, "c++", "g++", "clang++"].filter(Boolean);
  const found = [];
  const seen = new Set();
  for (const name of names) {
    const version = await ask(name, ["--version"], env);
    const firstLine = version?.split("\n")[0];
    // c++ is most often a link to one of the others: one failure of a compiler is enough.
    if (!firstLine || seen.has(firstLine.replace(/^\S+/, ""))) continue;
    seen.add(firstLine.replace(/^\S+/, ""));
    found.push({ name: `${path.basename(name)} (${firstLine})`, file: name, args: [] });
  }
  return found;
}

/**
 * The compiler of the PyPI package `ziglang`, installed into the virtual environment when it is not there yet.
 * @param {string} python the virtual environment's interpreter
 * @param {{ env: NodeJS.ProcessEnv, log?: string, onLine?: (line: string) => void }} options
 * @returns {Promise<Compiler>}
 */
export async function zigCompiler(python, options) {
  if ((await ask(python, ["-c", "import ziglang"], options.env)) === undefined) {
    await exec(python, ["-m", "pip", "install", ziglang], options);
  }
  const version = (await exec(python, ["-m", "ziglang", "version"], options)).stdout.trim();
  return { name: `ziglang ${version}`, file: python, args: ["-m", "ziglang", "c++"] };
}
