/** Jupyter's own folders, inside the project: a read-only or empty home changes nothing, and nothing is left in it. */
import fs from "node:fs";
import path from "node:path";
import { pythonEnv } from "./python.mjs";
import { writeJson } from "./files.mjs";

/**
 * The environment for every Jupyter program of the lab.
 * @param {ReturnType<import("./paths.mjs").pathsOf>} paths
 * @param {NodeJS.ProcessEnv} env
 */
export function jupyterEnv(paths, env) {
  const folder = (name) => path.join(paths.state, "jupyter", name);
  return {
    ...pythonEnv(env),
    // Also what Jupyter starts by name is ours: `jupyter trust` looks for jupyter-trust on PATH.
    PATH: `${paths.venvBin}${path.delimiter}${env.PATH ?? ""}`,
    VIRTUAL_ENV: paths.venv,
    JUPYTER_CONFIG_DIR: folder("config"),
    JUPYTER_DATA_DIR: folder("data"),
    JUPYTER_RUNTIME_DIR: folder("runtime"),
    JUPYTERLAB_SETTINGS_DIR: folder("settings"),
    JUPYTERLAB_WORKSPACES_DIR: folder("workspaces"),
    IPYTHONDIR: folder("ipython"),
  };
}

/** JupyterLab as the lab wants it: no question about news at the first start (it would ask the network). */
export function writeJupyterConfig(paths) {
  const file = path.join(paths.state, "jupyter", "config", "labconfig", "page_config.json");
  if (fs.existsSync(file)) return;
  writeJson(file, { disabledExtensions: { "@jupyterlab/apputils-extension:announcements": true } });
}
