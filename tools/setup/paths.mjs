/** Every place that set-up reads or writes, in one table. */
import path from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * The paths of a checkout at `root`. Tests give a temporary folder, the tools give the project itself.
 * @param {string} [root]
 */
export function pathsOf(root = projectRoot) {
  const at = (...parts) => path.join(root, ...parts);
  const windows = process.platform === "win32";
  const venv = at(".venv");
  const venvBin = path.join(venv, windows ? "Scripts" : "bin");
  const tfjsNode = at("node_modules", "@tensorflow", "tfjs-node");
  return {
    root,
    state: at(".lab"),
    stamps: at(".lab", "setup.json"),
    lock: at(".lab", "setup.lock"),
    log: at(".lab", "setup.log"),
    engine: at(".lab", "engine.json"),
    native: at(".lab", "native"),
    packageJson: at("package.json"),
    packageLock: at("package-lock.json"),
    nodeModules: at("node_modules"),
    dist: at("dist"),
    libraryLink: at("node_modules", "transformer-lab"),
    requirements: at("tools", "requirements.txt"),
    requirementsTensorflow: at("tools", "requirements-tensorflow.txt"),
    kernel: at("tools", "kernel.cjs"),
    notebooks: at("notebooks"),
    venv,
    venvBin,
    venvPython: path.join(venvBin, windows ? "python.exe" : "python"),
    jupyter: path.join(venvBin, windows ? "jupyter.exe" : "jupyter"),
    tfjsNode,
  };
}

/** A path as a person in the project's folder would write it. */
export function shown(root, file) {
  const relative = path.relative(root, file);
  return relative.startsWith("..") ? file : relative || ".";
}
