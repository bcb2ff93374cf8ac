/**
 * Step "native engine": tfjs-node's binding, by the first road that works. It never stops set-up: what could not be
 * done is written to .lab/engine.json, which `lab doctor` shows, and the lab runs on wasm.
 */
import fs from "node:fs";
import path from "node:path";
import { bindingPath, checkBinding, compileBinding, ownSources } from "./binding.mjs";
import { systemCompilers, zigCompiler } from "./compiler.mjs";
import { cureFor } from "./cures.mjs";
import { exec } from "./exec.mjs";
import { filesUnder, hashOf, readJson, writeJson } from "./files.mjs";
import { pythonEnv } from "./python.mjs";
import { tensorflowFolder } from "./tensorflow.mjs";

/**
 * @typedef {object} EngineRecord what `.lab/engine.json` holds
 * @property {"built" | "prebuilt" | "none"} native
 * @property {string | null} compiler
 * @property {string | null} tensorflow its version
 * @property {boolean} cuda
 * @property {string[]} reasons why a better road was not taken, one sentence each
 * @property {true} [earlier] what an earlier set-up made is still in use, since nothing newer could be made
 */

const stays =
  "The native engine of an earlier set-up stays in use, because none could be made for this version of the lab: run `npm run setup` where a C++ compiler or a network is there.";

function nativeKey({ paths, env, results }) {
  const tools = ["binding.mjs", "binding-patch.mjs", "compiler.mjs"].map((f) =>
    path.join(paths.root, "tools", "setup", f),
  );
  const sources = [...filesUnder(path.join(paths.tfjsNode, "binding")), ...ownSources];
  const { version, cuda, reasons } = results.tensorflow ?? {};
  return hashOf(
    [...tools, ...sources, path.join(paths.tfjsNode, "package.json")],
    [
      process.platform,
      process.arch,
      process.versions.napi,
      env.CXX ?? "",
      version,
      cuda,
      version ? [] : reasons,
    ],
  );
}

/** @type {import("./steps.mjs").Step} */
export const nativeEngine = {
  id: "native",
  title: "Native engine",
  key: nativeKey,
  present({ paths }) {
    const record = readJson(paths.engine);
    if (record?.native === "none") return true;
    return Boolean(record) && fs.existsSync(paths.tfjsNode) && fs.existsSync(bindingPath(paths.tfjsNode));
  },
  async run(context) {
    const record = await makeBinding(context);
    writeJson(context.paths.engine, record);
    if (record.native === "none") {
      return { missing: `the lab runs on wasm: ${record.reasons.at(-1)} (\`npm run setup\` tries again)` };
    }
    // "Missing", although it works: what is missing is tried again by the next `npm run setup`.
    if (record.earlier) return { missing: record.reasons.at(-1) };
    return {
      note: record.native === "built" ? `by ${record.compiler}` : "tfjs-node's prebuilt TensorFlow 2.9",
    };
  },
};

/**
 * The roads, best first.
 * @param {import("./steps.mjs").Context} context
 * @returns {Promise<EngineRecord>}
 */
export async function makeBinding(context) {
  const { paths, env, log, onLine, results } = context;
  const { version = null, cuda = false, reasons: earlier = [] } = results.tensorflow ?? {};
  const reasons = [...earlier];
  const because = (title, error) => reasons.push(cureFor(error, { root: paths.root, title }));
  if (env.LAB_NATIVE === "off")
    return { native: "none", compiler: null, tensorflow: null, cuda: false, reasons };
  if (!fs.existsSync(paths.tfjsNode)) {
    reasons.push("The npm package @tensorflow/tfjs-node is not installed.");
    return { native: "none", compiler: null, tensorflow: version, cuda, reasons };
  }
  const kept = path.join(paths.native, `tfjs_binding-${nativeKey(context)}.node`);
  if (version) {
    const options = { paths, tensorflow: tensorflowFolder(paths), log, onLine };
    const built = (compiler) => ({ native: "built", compiler, tensorflow: version, cuda, reasons });
    const known = await putBack(kept, context);
    if (known) return built(known.compiler);
    const about = (compiler) => ({ compiler: compiler.name, tensorflow: version, cuda });
    for (const compiler of await systemCompilers(env)) {
      try {
        keep(await compileBinding(compiler, options), kept, about(compiler));
        return built(compiler.name);
      } catch (error) {
        because(compiler.name, error);
      }
    }
    const zig = path.join(paths.native, "ziglang");
    try {
      const compiler = await zigCompiler(zig, { python: paths.venvPython, env: pythonEnv(env), log, onLine });
      keep(await compileBinding(compiler, options), kept, about(compiler));
      return built(compiler.name);
    } catch (error) {
      because("The compiler from PyPI (ziglang)", error);
    } finally {
      // Half a gigabyte that is needed once.
      fs.rmSync(zig, { recursive: true, force: true });
    }
  }
  const old = await earlierBinding(kept, version, context);
  if (old) {
    const { compiler, tensorflow = version } = old;
    const withCuda = version ? cuda : Boolean(old.cuda);
    reasons.push(stays);
    return { native: "built", compiler, tensorflow, cuda: withCuda, reasons, earlier: true };
  }
  try {
    await prebuilt(context);
    return { native: "prebuilt", compiler: null, tensorflow: "2.9.1", cuda: false, reasons };
  } catch (error) {
    because("tfjs-node's prebuilt download", error);
  }
  const before = readJson(paths.engine);
  if (await stillWorks(before, context)) {
    reasons.push(stays);
    return { ...before, reasons, earlier: true };
  }
  return { native: "none", compiler: null, tensorflow: version, cuda, reasons };
}

const isKept = (name) => /^tfjs_binding-.*\.node$/.test(name);

/**
 * `npm ci` empties node_modules: a compiled binding is kept beside it, so that it costs no compiler run again. Those
 * of earlier versions go only when the new one is in its place.
 */
function keep(binding, kept, about) {
  const folder = path.dirname(kept);
  const temporary = `${kept}.${process.pid}.tmp`;
  fs.copyFileSync(binding, temporary);
  fs.renameSync(temporary, kept);
  writeJson(`${kept}.json`, about);
  for (const name of fs.readdirSync(folder).filter(isKept)) {
    const other = path.join(folder, name);
    if (other !== kept) for (const file of [other, `${other}.json`]) fs.rmSync(file, { force: true });
  }
}

/**
 * Puts a kept binding back where tfjs-node loads it from, if it works there; otherwise nothing changes.
 * @returns {Promise<{ compiler: string, tensorflow?: string, cuda?: boolean } | undefined>} what was noted about it
 */
async function putBack(kept, { paths, log }) {
  const known = readJson(`${kept}.json`);
  if (!known?.compiler || !fs.existsSync(kept)) return undefined;
  const target = bindingPath(paths.tfjsNode);
  // Checked in the target's folder: it finds TensorFlow from its own place.
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(kept, temporary);
    await checkBinding(temporary, log);
    fs.renameSync(temporary, target);
    return known;
  } catch {
    return undefined;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/**
 * A new version of the lab may ask for a new binding where none can be made (no compiler, no network): the kept one
 * of an earlier version is far better than none.
 * @param {string} kept the file of this version, which is passed over
 * @param {string | null} version the TensorFlow that was fetched. Null: the fetch failed, and the earlier one is
 *   still there. A kept binding whose json names no version fits where it passes the check.
 */
async function earlierBinding(kept, version, context) {
  const folder = context.paths.native;
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter(isKept) : [];
  for (const file of names.map((name) => path.join(folder, name))) {
    const made = readJson(`${file}.json`)?.tensorflow;
    if (file === kept || (version && made && made !== version)) continue;
    const known = await putBack(file, context);
    if (known) return known;
  }
  return undefined;
}

/** What tfjs-node's own installer makes. */
const madeByInstaller = ({ tfjsNode }) => ["deps", "lib"].map((name) => path.join(tfjsNode, name));
const remove = (folder) => fs.rmSync(folder, { recursive: true, force: true });

/**
 * Whether the binding in place, which `before` (the record of the set-up before) tells of, works. One that does not
 * is removed: loading it could end the whole process.
 */
async function stillWorks(before, { paths, log }) {
  try {
    if (!["built", "prebuilt"].includes(before?.native)) throw new Error("no set-up made a binding");
    await checkBinding(bindingPath(paths.tfjsNode), log);
    return true;
  } catch {
    madeByInstaller(paths).forEach(remove);
    return false;
  }
}

/**
 * tfjs-node's own installer: a download of libtensorflow 2.9.1 and of a ready binding, where their host is open.
 * What was in place steps aside, and comes back when the installer fails (or was interrupted, by the next call).
 */
async function prebuilt({ paths, env, log, onLine }) {
  const bin = path.join(paths.nodeModules, ".bin");
  const aside = (folder) => `${folder}.before`;
  const folders = madeByInstaller(paths);
  for (const folder of folders) {
    if (fs.existsSync(aside(folder))) remove(folder);
    else if (fs.existsSync(folder)) fs.renameSync(folder, aside(folder));
  }
  try {
    await exec(process.execPath, [path.join("scripts", "install.js")], {
      cwd: paths.tfjsNode,
      env: { ...env, PATH: `${bin}${path.delimiter}${env.PATH ?? ""}` },
      ...{ log, onLine, timeout: 300_000 },
    });
    await checkBinding(bindingPath(paths.tfjsNode), log);
  } catch (error) {
    for (const folder of folders) {
      remove(folder);
      if (fs.existsSync(aside(folder))) fs.renameSync(aside(folder), folder);
    }
    throw error;
  }
  folders.map(aside).forEach(remove);
}
