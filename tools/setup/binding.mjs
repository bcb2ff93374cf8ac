/**
 * tfjs-node's native binding, compiled against the TensorFlow of the Python wheel.
 *
 * tfjs-node's own installer downloads libtensorflow 2.9 (2022). Its npm package also has the binding's sources, and
 * the wheel on PyPI has a current TensorFlow with every header that they need: one compiler call joins the two.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { patched, patchedFiles } from "./binding-patch.mjs";
import { exec } from "./exec.mjs";
import { filesUnder } from "./files.mjs";

/** Source files that the lab adds to the binding. */
export const ownSources = filesUnder(fileURLToPath(new URL("cc", import.meta.url)));

/** Where tfjs-node looks for its binding: the newest Node-API version that both it and this Node know. */
export function bindingPath(tfjsNode, napi = Number(process.versions.napi)) {
  const { binary } = JSON.parse(fs.readFileSync(path.join(tfjsNode, "package.json"), "utf8"));
  const version = Math.max(...binary.napi_versions.filter((v) => v <= napi));
  return path.join(tfjsNode, "lib", `napi-v${version}`, `${binary.module_name}.node`);
}

/** The shared libraries of a TensorFlow wheel, by platform. */
function libraries(tensorflow) {
  const names =
    process.platform === "darwin"
      ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
      : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
  const files = names.map((name) => path.join(tensorflow, name));
  const missing = files.find((file) => !fs.existsSync(file));
  if (missing)
    throw new Error(`the TensorFlow wheel has no ${path.basename(missing)} on ${process.platform}`);
  return files;
}

/** A patched copy of the binding's sources; node_modules itself stays as npm made it. */
export function patchedSources(tfjsNode, folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.cpSync(path.join(tfjsNode, "binding"), folder, { recursive: true });
  for (const name of patchedFiles) {
    const file = path.join(folder, name);
    fs.writeFileSync(file, patched(name, fs.readFileSync(file, "utf8")));
  }
  return ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => path.join(folder, name));
}

/**
 * Compiles the binding and puts it where tfjs-node loads it from.
 * @param {import("./compiler.mjs").Compiler} compiler
 * @param {{ paths: ReturnType<import("./paths.mjs").pathsOf>, tensorflow: string, log?: string, onLine?: (line: string) => void }} options `tensorflow`: the wheel's package folder
 * @returns {Promise<string>} the path of the binding
 */
export async function compileBinding(compiler, { paths, tensorflow, log, onLine }) {
  const target = bindingPath(paths.tfjsNode);
  const from = path.dirname(target);
  const folder = path.join(paths.native, "binding");
  const files = [...patchedSources(paths.tfjsNode, folder), ...ownSources];
  const origin = process.platform === "darwin" ? "@loader_path" : "$ORIGIN";
  fs.mkdirSync(from, { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  const args = [
    ...["-shared", "-fPIC", "-O2", "-std=c++17", "-DNAPI_VERSION=8", "-DBUILDING_NODE_EXTENSION"],
    ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
    // node-api-headers holds the C interface of Node-API: no Node source tree is needed.
    `-I${path.join(paths.nodeModules, "node-api-headers", "include")}`,
    `-I${path.dirname(path.dirname(paths.tfjsNode))}`,
    `-I${path.join(tensorflow, "include")}`,
    `-I${folder}`,
    ...files,
    ...["-o", temporary],
    ...libraries(tensorflow),
    // Found from the binding's own place, so that the project's folder can be moved.
    `-Wl,-rpath,${origin}/${path.relative(from, tensorflow)}`,
  ];
  try {
    await exec(compiler.file, [...compiler.args, ...args], { env: compiler.env, log, onLine });
    await checkBinding(temporary, log);
    fs.renameSync(temporary, target);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
  return target;
}

/**
 * Loads a binding in a process of its own (a bad one would take ours down) and multiplies two matrices with it.
 * @throws CommandError with what the loader or TensorFlow said
 */
export async function checkBinding(file, log) {
  const program = `
    const module_ = { exports: {} };
    process.dlopen(module_, ${JSON.stringify(file)});
    const b = module_.exports;
    const t = (values) => b.createTensor([2, 2], b.TF_FLOAT, new Float32Array(values));
    const attrs = [
      { name: "transpose_a", type: b.TF_ATTR_BOOL, value: false },
      { name: "transpose_b", type: b.TF_ATTR_BOOL, value: false },
      { name: "T", type: b.TF_ATTR_TYPE, value: b.TF_FLOAT },
    ];
    const [out] = b.executeOp("MatMul", attrs, [t([1, 2, 3, 4]), t([5, 6, 7, 8])], 1);
    const got = Array.from(b.tensorDataSync(out.id)).join();
    if (got !== "19,22,43,50") throw new Error("MatMul gave " + got);`;
  await exec(process.execPath, ["-e", program], { log, timeout: 120_000 });
}
