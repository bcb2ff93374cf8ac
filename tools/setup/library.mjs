/**
 * The library as notebooks import it: src/ compiled to dist/, and a link node_modules/transformer-lab -> ../dist.
 *
 * A link rather than package.json's `exports`: the notebook kernel's TypeScript resolves like Node 10 and reads no
 * `exports`, but finds `transformer-lab/text` as the folder node_modules/transformer-lab/text with its types.
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { exec, CommandError } from "./exec.mjs";
import { filesUnder, hashOf, readJson, writeJson } from "./files.mjs";

/** A build that failed because of the sources: what the compiler said is the message. */
export class BuildError extends Error {
  constructor(message) {
    super(message);
    this.name = "BuildError";
  }
}

/** What the build depends on. */
export function libraryKey(paths) {
  const at = (name) => path.join(paths.root, name);
  return hashOf([
    ...filesUnder(at("src")),
    ...["tsconfig.json", "package.json", "package-lock.json", "tools/setup/library.mjs"].map(at),
  ]);
}

const stampOf = (paths) => path.join(paths.dist, ".build.json");

/** True when dist/ was built from the sources as they are now. */
export const libraryIsFresh = (paths, key = libraryKey(paths)) => readJson(stampOf(paths))?.key === key;

/** Sets node_modules/transformer-lab -> ../dist; every npm install removes it. Cheap, so it is made sure of each time. */
export function linkLibrary(paths) {
  const target = path.join("..", "dist");
  try {
    if (fs.readlinkSync(paths.libraryLink).replace(/[\\/]$/, "") === target) return;
  } catch {
    // Not there, or not a link.
  }
  fs.rmSync(paths.libraryLink, { recursive: true, force: true });
  const windows = process.platform === "win32";
  try {
    // A junction needs no rights on Windows, and wants the whole path.
    fs.symlinkSync(windows ? paths.dist : target, paths.libraryLink, windows ? "junction" : "dir");
  } catch (error) {
    if (error.code !== "EEXIST") throw error; // another process was faster
  }
}

/**
 * Builds dist/ when its sources changed. The new folder replaces the old one whole, so a failed build changes nothing.
 * @param {{ paths: ReturnType<import("./paths.mjs").pathsOf>, force?: boolean, log?: string,
 *           onLine?: (line: string) => void }} options
 * @returns {Promise<boolean>} whether anything was built
 * @throws BuildError with the compiler's messages
 */
export async function buildLibrary({ paths, force = false, log, onLine }) {
  const key = libraryKey(paths);
  if (!force && libraryIsFresh(paths, key)) {
    linkLibrary(paths);
    return false;
  }
  const next = path.join(paths.state, `dist-${process.pid}`);
  fs.rmSync(next, { recursive: true, force: true });
  fs.mkdirSync(next, { recursive: true });
  try {
    const tsc = path.join(paths.nodeModules, "typescript", "bin", "tsc");
    await exec(process.execPath, [tsc, "-p", paths.root, "--outDir", next], { cwd: paths.root, log, onLine });
    await bundleForBrowsers(paths, path.join(next, "browser"));
    const { name, version, license, browser } = readJson(paths.packageJson);
    const main = fs.existsSync(path.join(next, "index.js")) ? { main: "index.js", types: "index.d.ts" } : {};
    writeJson(path.join(next, "package.json"), {
      ...{ name, version, license, type: "commonjs" },
      ...(browser ? { browser: inDist(browser) } : {}),
      ...main,
    });
    writeJson(path.join(next, ".build.json"), { key });
    swapIn(next, paths);
  } catch (error) {
    if (error instanceof CommandError) throw new BuildError(error.output || error.message);
    throw error;
  } finally {
    fs.rmSync(next, { recursive: true, force: true });
  }
  linkLibrary(paths);
  return true;
}

/** package.json's `browser` (files that a browser has others for) names sources; in dist/ they are compiled. */
function inDist(browser) {
  const compiled = (file) => file.replace(/^\.\/src\//, "./").replace(/\.ts$/, ".js");
  return Object.fromEntries(Object.entries(browser).map((pair) => pair.map(compiled)));
}

/** Puts a finished build in place of the old one. */
function swapIn(next, paths) {
  const old = path.join(paths.state, `dist-old-${process.pid}`);
  fs.rmSync(old, { recursive: true, force: true });
  if (fs.existsSync(paths.dist)) fs.renameSync(paths.dist, old);
  fs.renameSync(next, paths.dist);
  fs.rmSync(old, { recursive: true, force: true });
}

/**
 * One ES module for each layer that runs in a browser: dist/browser/NAME.mjs. A layer says what browsers may use in
 * src/NAME/browser.ts; src/text is free of Node-only modules as a whole.
 */
async function bundleForBrowsers(paths, outdir) {
  const entries = {};
  for (const layer of fs.readdirSync(path.join(paths.root, "src"))) {
    const files = ["browser.ts", ...(layer === "text" ? ["index.ts"] : [])];
    const entry = files
      .map((file) => path.join(paths.root, "src", layer, file))
      .find((file) => fs.existsSync(file));
    if (entry) entries[layer] = entry;
  }
  const main = path.join(paths.nodeModules, "esbuild", "lib", "main.js");
  const esbuild = (await import(pathToFileURL(main).href)).default;
  try {
    await esbuild.build({
      ...{ absWorkingDir: paths.root, entryPoints: entries, outdir, outExtension: { ".js": ".mjs" } },
      ...{ bundle: true, format: "esm", platform: "browser", target: "es2022", logLevel: "silent" },
    });
  } catch (error) {
    const messages = error.errors?.map(
      (e) => `${e.location?.file ?? ""}:${e.location?.line ?? ""} ${e.text}`,
    );
    if (!messages) throw error;
    throw new BuildError(`A browser cannot load this part of the library:\n${messages.join("\n")}`);
  }
}
