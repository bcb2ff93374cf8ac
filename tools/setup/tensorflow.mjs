/**
 * Step "TensorFlow": the wheel from PyPI, unpacked into .lab/native/wheel. Only its shared libraries and headers are
 * used, so it comes without its Python dependencies, and any Python can fetch it.
 */
import fs from "node:fs";
import path from "node:path";
import { cureFor } from "./cures.mjs";
import { ask, exec } from "./exec.mjs";
import { hashOf } from "./files.mjs";
import { compareVersions, pythonEnv, tensorflowPythons } from "./python.mjs";

/** Set to "off" to do without native TensorFlow: set-up is smaller and faster, the lab then runs on wasm. */
const wanted = (env) => env.LAB_NATIVE !== "off";

export const wheelFolder = (paths) => path.join(paths.native, "wheel");
/** The package's folder, with `include/` and the shared libraries. */
export const tensorflowFolder = (paths) => path.join(wheelFolder(paths), "tensorflow");

const cudaRequirements = (paths) =>
  path.join(path.dirname(paths.requirementsTensorflow), "requirements-tensorflow-cuda.txt");

/** Whether this machine has an NVIDIA card whose driver works (x86-64 Linux: CUDA wheels are made for nothing else). */
export async function hasNvidia(env) {
  if (process.platform !== "linux" || process.arch !== "x64") return false;
  return /GPU \d+:/.test((await ask("nvidia-smi", ["-L"], env)) ?? "");
}

/** A driver's control file shows a card without starting a program; nvidia-smi decides when the step runs. */
const mayHaveNvidia = () => fs.existsSync("/dev/nvidiactl") || fs.existsSync("/dev/dxg");

/** pip's options to fetch a wheel of another Python, where this one has none. */
export function wheelOptions(version) {
  const { oldest, newest } = tensorflowPythons;
  if (compareVersions(version, oldest) >= 0 && compareVersions(version, newest) <= 0) return [];
  return ["--python-version", newest.join("."), "--implementation", "cp", "--abi", `cp${newest.join("")}`];
}

/** @type {import("./steps.mjs").Step} */
export const tensorflowWheel = {
  id: "tensorflow",
  title: "TensorFlow",
  key: ({ paths, env, results }) =>
    hashOf(
      [paths.requirementsTensorflow, cudaRequirements(paths)],
      [wanted(env), mayHaveNvidia(), process.platform, process.arch, results.venv?.python],
    ),
  present: ({ paths, env }) => !wanted(env) || fs.existsSync(path.join(tensorflowFolder(paths), "include")),
  async run(context) {
    const { paths, env } = context;
    if (!wanted(env))
      return { missing: "not asked for (LAB_NATIVE=off)", reasons: ["switched off by LAB_NATIVE=off"] };
    const reasons = [];
    const roads = [{ cuda: false, file: paths.requirementsTensorflow }];
    if (await hasNvidia(env)) roads.unshift({ cuda: true, file: cudaRequirements(paths) });
    for (const { cuda, file } of roads) {
      try {
        const version = await fetchWheel(file, context);
        return { note: `${version}${cuda ? " with CUDA" : ""}`, version, cuda, reasons };
      } catch (error) {
        const title = cuda ? "TensorFlow with CUDA from PyPI" : "TensorFlow from PyPI";
        reasons.push(cureFor(error, { root: paths.root, title }));
      }
    }
    return { missing: reasons.at(-1), reasons };
  },
};

/** Fetches the wheels of a requirements file; the old folder stays until the new one is whole. */
async function fetchWheel(file, { paths, env, log, onLine, results }) {
  const next = `${wheelFolder(paths)}.new`;
  const temporary = path.join(paths.state, "tmp");
  const clean = () =>
    [next, temporary].forEach((folder) => fs.rmSync(folder, { recursive: true, force: true }));
  clean();
  fs.mkdirSync(temporary, { recursive: true });
  try {
    const version = results.venv.python.split(".").map(Number);
    const args = [
      "-m",
      "pip",
      "install",
      "--no-deps",
      "--only-binary=:all:",
      "--target",
      next,
      ...wheelOptions(version),
    ];
    // pip unpacks more than 1 GB in TMPDIR: /tmp is often small, the project's own disk is asked for the space anyway.
    const pipEnv = { ...pythonEnv(env), TMPDIR: temporary };
    await exec(paths.venvPython, [...args, "--requirement", file], {
      cwd: paths.root,
      env: pipEnv,
      log,
      onLine,
    });
    const info = fs.readdirSync(next).find((name) => /^tensorflow(_cpu)?-[\d.]+\.dist-info$/.test(name));
    if (!info) throw new Error("pip ended well but left no TensorFlow");
    fs.rmSync(wheelFolder(paths), { recursive: true, force: true });
    fs.renameSync(next, wheelFolder(paths));
    return /-([\d.]+)\.dist-info$/.exec(info)[1];
  } finally {
    clean();
  }
}
