/** A C++17 compiler: the system's own, or the one inside the PyPI package `ziglang`. */
import fs from "node:fs";
import path from "node:path";
import { ask, exec } from "./exec.mjs";

/** The version of `ziglang` that the road without a system compiler was tried with. */
export const ziglang = "ziglang==0.17.1";

/**
 * @typedef {{ name: string, file: string, args: readonly string[], env: NodeJS.ProcessEnv }} Compiler
 *   how to call it: `file ...args <arguments>` in `env`
 */

/**
 * The compilers that this machine offers, best first.
 * @param {NodeJS.ProcessEnv} env `CXX` is tried first, then `c++`, `g++` and `clang++`
 * @returns {Promise<Compiler[]>}
 */
export async function systemCompilers(env) {
  const found = new Map();
  for (const file of [env.CXX, "c++", "g++", "clang++"].filter(Boolean)) {
    const version = (await ask(file, ["--version"], env))?.split("\n")[0];
    if (!version) continue;
    // c++ is most often a link to one of the others, and says the same after its own name.
    const same = version.replace(/^\S+/, "");
    if (!found.has(same)) found.set(same, { name: named(file, version), file, args: [], env });
  }
  return [...found.values()];
}

const named = (file, version) => {
  const base = path.basename(file);
  return version.startsWith(base) ? version : `${base}: ${version}`;
};

/**
 * The compiler of the PyPI package `ziglang`, fetched into `folder`.
 * @param {string} folder may be removed when the compiler has done its work
 * @param {{ python: string, env: NodeJS.ProcessEnv, log?: string, onLine?: (line: string) => void }} options
 * @returns {Promise<Compiler>}
 */
export async function zigCompiler(folder, { python, env, log, onLine }) {
  fs.rmSync(folder, { recursive: true, force: true });
  await exec(python, ["-m", "pip", "install", "--no-deps", "--target", folder, ziglang], {
    env,
    log,
    onLine,
  });
  const cache = path.join(folder, "cache");
  const zigEnv = { ...env, PYTHONPATH: folder, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache };
  const { stdout } = await exec(python, ["-m", "ziglang", "version"], { env: zigEnv, log });
  return { name: `ziglang ${stdout.trim()}`, file: python, args: ["-m", "ziglang", "c++"], env: zigEnv };
}
