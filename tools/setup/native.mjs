/**
 * Step "native engine": tfjs-node's binding, by the first road that works. It never stops set-up: what could not be
 * done is written to .lab/engine.json, which `lab doctor` shows, and the lab runs on wasm.
 */
import fs from "node:fs";
import path from "node:path";
import { bindingPath, checkBinding, compileBinding } from "./binding.mjs";
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
 */

function nativeKey({ paths, env, results }) {
  const tools = ["binding.mjs", "binding-patch.mjs", "compiler.mjs"].map((f) =>
    path.join(paths.root, "tools", "setup", f),
  );
  const sources = filesUnder(path.join(paths.tfjsNode, "binding"));
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
  if (version) {
    const options = { paths, tensorflow: tensorflowFolder(paths), log, onLine };
    const built = (compiler) => ({ native: "built", compiler, tensorflow: version, cuda, reasons });
    const kept = path.join(paths.native, `tfjs_binding-${nativeKey(context)}.node`);
    const known = await fromCache(kept, options);
    if (known) return built(known);
    for (const compiler of await systemCompilers(env)) {
      try {
        keep(await compileBinding(compiler, options), kept, compiler.name);
        return built(compiler.name);
      } catch (error) {
        because(compiler.name, error);
      }
    }
    const zig = path.join(paths.native, "ziglang");
    try {
      const compiler = await zigCompiler(zig, { python: paths.venvPython, env: pythonEnv(env), log, onLine });
      keep(await compileBinding(compiler, options), kept, compiler.name);
      return built(compiler.name);
    } catch (error) {
      because("The compiler from PyPI (ziglang)", error);
    } finally {
      // Half a gigabyte that is needed once.
      fs.rmSync(zig, { recursive: true, force: true });
    }
  }
  try {
    await prebuilt(context);
    return { native: "prebuilt", compiler: null, tensorflow: "2.9.1", cuda: false, reasons };
  } catch (error) {
    because("tfjs-node's prebuilt download", error);
  }
  return { native: "none", compiler: null, tensorflow: version, cuda, reasons };
}

/** `npm ci` empties node_modules: a compiled binding is kept beside it, so that it costs no compiler run again. */
function keep(binding, kept, compiler) {
  for (const name of fs.readdirSync(path.dirname(kept))) {
    if (/^tfjs_binding-.*\.(node|json)$/.test(name)) fs.rmSync(path.join(path.dirname(kept), name));
  }
  fs.copyFileSync(binding, kept);
  writeJson(`${kept}.json`, { compiler });
}

/** Puts the kept binding back; the compiler's name, or undefined when there is none that works. */
async function fromCache(kept, { paths, log }) {
  const compiler = readJson(`${kept}.json`)?.compiler;
  if (!compiler || !fs.existsSync(kept)) return undefined;
  const target = bindingPath(paths.tfjsNode);
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(kept, target);
    await checkBinding(target, log);
    return compiler;
  } catch {
    fs.rmSync(target, { force: true });
    return undefined;
  }
}

/** tfjs-node's own installer: a download of libtensorflow 2.9.1 and of a ready binding, where their host is open. */
async function prebuilt({ paths, env, log, onLine }) {
  const bin = path.join(paths.nodeModules, ".bin");
  const target = bindingPath(paths.tfjsNode);
  fs.rmSync(path.dirname(target), { recursive: true, force: true });
  try {
    await exec(process.execPath, [path.join("scripts", "install.js")], {
      cwd: paths.tfjsNode,
      env: { ...env, PATH: `${bin}${path.delimiter}${env.PATH ?? ""}` },
      ...{ log, onLine, timeout: 300_000 },
    });
    await checkBinding(target, log);
  } catch (error) {
    for (const name of ["deps", "lib"])
      fs.rmSync(path.join(paths.tfjsNode, name), { recursive: true, force: true });
    throw error;
  }
}
