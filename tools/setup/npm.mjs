/** Steps "Node" and "npm packages". */
import fs from "node:fs";
import path from "node:path";
import { SetupError } from "./cures.mjs";
import { exec } from "./exec.mjs";
import { hashOf, readJson } from "./files.mjs";
import { linkLibrary } from "./library.mjs";

/** The oldest Node that the lab's packages run on. */
export const oldestNode = 20;

/** @type {import("./steps.mjs").Step} */
export const nodeVersion = {
  id: "node",
  title: "Node",
  key: () => process.version,
  present: () => true,
  run() {
    if (Number(process.versions.node.split(".")[0]) < oldestNode) {
      throw new SetupError(
        `This is Node ${process.versions.node}; the lab needs Node ${oldestNode} or newer. Install the current LTS release of Node and run the same command again.`,
      );
    }
    return { note: process.version };
  },
};

/**
 * Compares what npm noted in node_modules with package-lock.json: a package that was added by hand, an interrupted
 * installation (npm writes its note last) and a changed lockfile are all seen.
 */
export function packagesMatch(paths) {
  const wanted = readJson(paths.packageLock)?.packages;
  const installed = readJson(path.join(paths.nodeModules, ".package-lock.json"))?.packages;
  if (!wanted || !installed) return false;
  for (const [place, entry] of Object.entries(wanted)) {
    if (place === "" || entry.link) continue;
    const there = installed[place];
    // Packages for other systems are in the lockfile and never installed.
    if (!there && entry.optional) continue;
    if (there?.version !== entry.version) return false;
  }
  const direct = Object.keys(wanted[""]?.dependencies ?? {});
  return direct.every((name) => fs.existsSync(path.join(paths.nodeModules, name, "package.json")));
}

/** How to call npm: the one that started us, else the one on PATH. */
export function npmCommand(env) {
  if (env.npm_execpath && /npm-cli\.(c?js)$/.test(env.npm_execpath) && fs.existsSync(env.npm_execpath)) {
    return { file: process.execPath, args: [env.npm_execpath] };
  }
  const beside = path.join(path.dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  if (process.platform === "win32" && fs.existsSync(beside))
    return { file: process.execPath, args: [beside] };
  return { file: "npm", args: [] };
}

/** @type {import("./steps.mjs").Step} */
export const npmPackages = {
  id: "npm",
  title: "npm packages",
  key: ({ paths }) => hashOf([paths.packageLock], [process.platform, process.arch]),
  present: ({ paths }) => packagesMatch(paths),
  async run({ paths, env, log, onLine }) {
    // Packages that someone installed by `npm install` are as good as ours.
    if (!packagesMatch(paths)) {
      const npm = npmCommand(env);
      // No install scripts: every binary comes inside a package, and a download that fails must not end set-up.
      const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--include=dev", "--include=optional"];
      try {
        await exec(npm.file, [...npm.args, "ci", ...flags], { cwd: paths.root, env, log, onLine });
      } catch (error) {
        if (error.code === "ENOENT") {
          throw new SetupError(
            "There is no npm on PATH: install Node together with npm (both come from the same installer).",
          );
        }
        throw error;
      }
      if (!packagesMatch(paths)) {
        throw new SetupError(
          "npm ci ended well but node_modules is not what package-lock.json asks for: run `npm ci --ignore-scripts` by hand to see why.",
        );
      }
    }
    // npm removes links that it does not know.
    if (fs.existsSync(paths.dist)) linkLibrary(paths);
    const count = Object.keys(readJson(path.join(paths.nodeModules, ".package-lock.json")).packages).length;
    return { note: `${count} packages` };
  },
};
