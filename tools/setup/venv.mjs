/** Steps "Python environment" and "Python packages": .venv with JupyterLab, apart from the system's Python. */
import fs from "node:fs";
import path from "node:path";
import { cureFor, SetupError } from "./cures.mjs";
import { ask, exec } from "./exec.mjs";
import { hashOf } from "./files.mjs";
import { findPython, pythonEnv, venvPackage } from "./python.mjs";

/** True when .venv has an interpreter that starts and pip: half-made ones and those of a removed Python have not. */
async function venvWorks(paths, env) {
  if (!fs.existsSync(paths.venvPython)) return false;
  const program =
    "import importlib.util as u, sys; print(u.find_spec('pip') is not None and sys.prefix != sys.base_prefix)";
  return (await ask(paths.venvPython, ["-c", program], pythonEnv(env))) === "True";
}

/** @type {import("./steps.mjs").Step} */
export const pythonEnvironment = {
  id: "venv",
  title: "Python environment",
  // The scripts in it name their interpreter by its whole path, so a moved project needs a new one.
  key: ({ paths, env }) => hashOf([], [paths.root, env.LAB_PYTHON ?? ""]),
  present: ({ paths, env }) => venvWorks(paths, env),
  async run({ paths, env, log, onLine }) {
    const python = await findPython(env);
    const options = { cwd: paths.root, env: pythonEnv(env), log, onLine };
    const fresh = () => fs.rmSync(paths.venv, { recursive: true, force: true });
    const version = python.version.join(".");
    fresh();
    if (python.venv) {
      try {
        await exec(python.executable, ["-m", "venv", paths.venv], options);
        return { note: `Python ${version}`, python: version };
      } catch (error) {
        // Debian's python3 without python3-venv fails here: virtualenv does not need its ensurepip. A full disk does.
        if (/disk|space|denied/i.test(cureFor(error, { root: paths.root, title: "" }))) throw error;
        if (!python.virtualenv && !python.pip) throw noVenv(python);
      }
    }
    fresh();
    await makeByVirtualenv(python, paths, options);
    return { note: `Python ${version}, by virtualenv`, python: version };
  },
};

const noVenv = (python) =>
  new SetupError(
    `Python ${python.version.join(".")} cannot make a virtual environment: install its venv module (${venvPackage(python)}) and run the same command again.`,
  );

/** The road without the venv module: virtualenv, fetched by pip into a folder of our own where it is not installed. */
async function makeByVirtualenv(python, paths, options) {
  let env = options.env;
  if (!python.virtualenv) {
    const target = path.join(paths.state, "virtualenv");
    // --target is allowed also where the system's Python is marked as externally managed.
    await exec(
      python.executable,
      ["-m", "pip", "install", "--upgrade", "--target", target, "virtualenv"],
      options,
    );
    env = { ...env, PYTHONPATH: target };
  }
  await exec(python.executable, ["-m", "virtualenv", paths.venv], { ...options, env });
}

/** @type {import("./steps.mjs").Step} */
export const pythonPackages = {
  id: "requirements",
  title: "Python packages (JupyterLab)",
  key: ({ paths, results }) => hashOf([paths.requirements], [results.venv?.python, paths.root]),
  present: ({ paths }) =>
    fs.existsSync(paths.jupyter) && fs.existsSync(path.join(paths.venv, "share", "jupyter", "lab")),
  async run({ paths, env, log, onLine }) {
    const args = ["-m", "pip", "install", "--prefer-binary", "--requirement", paths.requirements];
    await exec(paths.venvPython, args, { cwd: paths.root, env: pythonEnv(env), log, onLine });
    // A notebook's Plotly figures stay empty without this extension, and say nothing.
    const extension = path.join(paths.venv, "share", "jupyter", "labextensions", "jupyterlab-plotly");
    if (!fs.existsSync(extension)) {
      throw new SetupError(
        "The Python package plotly came without its JupyterLab extension: tools/requirements.txt pins a version that lacks it.",
      );
    }
  },
};
