/** Finding a Python that can carry JupyterLab, and calling it without the user's own Python settings. */
import { SetupError } from "./cures.mjs";
import { ask } from "./exec.mjs";

/** The oldest Python that requirements.txt is pinned for. */
export const oldestPython = [3, 10];
/** The Pythons that the TensorFlow wheel is made for; its shared libraries serve any other Python as well. */
export const tensorflowPythons = { oldest: [3, 10], newest: [3, 13] };

/** Names under which systems install Python; the plain one first, since it is what the user means. */
const names = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python"];

const question = `
import importlib.util as u, json, platform, sys
has = lambda name: u.find_spec(name) is not None
print(json.dumps({"version": list(sys.version_info[:3]), "executable": sys.executable, "implementation": platform.python_implementation(),
  "venv": has("venv") and has("ensurepip"), "virtualenv": has("virtualenv"), "pip": has("pip")}))`;

/**
 * @typedef {{ version: [number, number, number], executable: string, implementation: string, venv: boolean,
 *             virtualenv: boolean, pip: boolean }} Python
 */

/** Negative, 0 or positive as `a` is older than, equal to or newer than `b` (as far as `b` goes). */
export function compareVersions(a, b) {
  for (let i = 0; i < b.length; i++) {
    if (a[i] !== b[i]) return (a[i] ?? 0) - b[i];
  }
  return 0;
}

/** The environment for Python programs: nothing of the user's own packages or pip's target settings leaks in. */
export function pythonEnv(env) {
  const { PYTHONHOME, PYTHONPATH, PIP_TARGET, PIP_PREFIX, PIP_USER, PIP_REQUIRE_VIRTUALENV, ...rest } = env;
  void [PYTHONHOME, PYTHONPATH, PIP_TARGET, PIP_PREFIX, PIP_USER, PIP_REQUIRE_VIRTUALENV];
  return {
    ...rest,
    ...{ PYTHONNOUSERSITE: "1", PYTHONUTF8: "1", PIP_USER: "0", PIP_NO_INPUT: "1", PIP_PROGRESS_BAR: "off" },
    ...{
      PIP_DISABLE_PIP_VERSION_CHECK: "1",
      PIP_ROOT_USER_ACTION: "ignore",
      PIP_NO_WARN_SCRIPT_LOCATION: "1",
    },
  };
}

/**
 * What one interpreter is, or undefined when it cannot be started.
 * @returns {Promise<Python | undefined>}
 */
export async function inspectPython(name, env) {
  const answer = await ask(name, ["-c", question], env);
  try {
    return answer && JSON.parse(answer);
  } catch {
    return undefined;
  }
}

const isSuitable = (python) =>
  python.implementation === "CPython" && compareVersions(python.version, oldestPython) >= 0;
const canMakeVenv = (python) => python.venv || python.virtualenv || python.pip;

/**
 * The Python that the lab's environment is made from.
 * @param {NodeJS.ProcessEnv} env `LAB_PYTHON` names one by hand
 * @returns {Promise<Python>}
 * @throws SetupError with what to install
 */
export async function findPython(env) {
  const seen = [];
  for (const name of env.LAB_PYTHON ? [env.LAB_PYTHON] : names) {
    const python = await inspectPython(name, env);
    if (!python) continue;
    // The first that can do all is taken: the others are not even started.
    if (isSuitable(python) && canMakeVenv(python)) return python;
    seen.push(python);
  }
  if (env.LAB_PYTHON && seen.length === 0) {
    throw new SetupError(`LAB_PYTHON is ${env.LAB_PYTHON}, which is no Python that can be started.`);
  }
  const suitable = seen.find(isSuitable);
  if (suitable) {
    throw new SetupError(
      `Python ${suitable.version.join(".")} (${suitable.executable}) has neither venv nor pip: install one of them (${venvPackage(suitable)}) and run the same command again.`,
    );
  }
  const needed = `Python ${oldestPython.join(".")} or newer`;
  if (seen.length > 0) {
    const found = seen.map((p) => `${p.implementation} ${p.version.join(".")}`).join(", ");
    throw new SetupError(
      `The lab needs ${needed}; found only ${found}. Install a newer one: ${howToInstall()}.`,
    );
  }
  throw new SetupError(
    `There is no python3 on PATH; JupyterLab needs ${needed} with venv or pip. Install it: ${howToInstall()}.`,
  );
}

/** The package with venv, for the systems that split it off. */
export function venvPackage(python) {
  return process.platform === "linux"
    ? `Debian and Ubuntu: apt install python${python.version.slice(0, 2).join(".")}-venv; Fedora: dnf install python3-pip`
    : "python -m ensurepip";
}

function howToInstall() {
  if (process.platform === "darwin") return "brew install python, or the installer from python.org";
  if (process.platform === "win32")
    return "winget install Python.Python.3.13, or the installer from python.org";
  return "apt install python3 python3-venv (Debian, Ubuntu), dnf install python3 (Fedora), apk add python3 py3-pip (Alpine)";
}
