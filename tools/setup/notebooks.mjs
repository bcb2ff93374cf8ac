/** Steps "kernel" and "notebooks": what JupyterLab needs to open a chapter and run it. */
import fs from "node:fs";
import path from "node:path";
import { heapLimitMb, writeKernelSpec } from "../kernelspec.mjs";
import { cureFor } from "./cures.mjs";
import { exec } from "./exec.mjs";
import { hashOf, readJson } from "./files.mjs";
import { jupyterEnv } from "./jupyter-env.mjs";

const kernelJson = (paths) => path.join(paths.venv, "share", "jupyter", "kernels", "lab", "kernel.json");

/** @type {import("./steps.mjs").Step} */
export const kernelSpec = {
  id: "kernel",
  title: "Notebook kernel",
  key: ({ paths }) =>
    hashOf([path.join(paths.root, "tools", "kernelspec.mjs")], [process.execPath, paths.root, heapLimitMb()]),
  present({ paths }) {
    const argv = readJson(kernelJson(paths))?.argv;
    return Array.isArray(argv) && argv[0] === process.execPath && argv.includes(paths.kernel);
  },
  run({ paths }) {
    writeKernelSpec(paths.root, paths.venv);
  },
};

/** The chapters: their sources (NN-topic.ts), and those whose notebook is not there. */
function chapters(paths) {
  if (!fs.existsSync(paths.notebooks)) return { notebooks: [], missing: [] };
  const names = fs.readdirSync(paths.notebooks).sort();
  const at = (name) => path.join(paths.notebooks, name);
  const notebooks = names.filter((name) => name.endsWith(".ipynb")).map(at);
  const missing = names
    .filter((name) => /^\d\d-.*\.ts$/.test(name) && !names.includes(name.replace(/\.ts$/, ".ipynb")))
    .map((name) => name.replace(/\.ts$/, ""));
  return { notebooks, missing };
}

/** @type {import("./steps.mjs").Step} */
export const notebooks = {
  id: "notebooks",
  title: "Notebooks",
  key: ({ paths }) => hashOf(chapters(paths).notebooks, [paths.root]),
  present: ({ paths }) => chapters(paths).missing.length === 0,
  async run({ paths, env, log, onLine }) {
    const options = { cwd: paths.root, env: jupyterEnv(paths, env), log, onLine };
    const { missing } = chapters(paths);
    const failures = [];
    for (const name of missing) {
      try {
        await exec(process.execPath, [path.join(paths.root, "tools", "lab.mjs"), "build", name], options);
      } catch (error) {
        // The other chapters open all the same.
        failures.push(cureFor(error, { root: paths.root, title: `Building notebooks/${name}.ipynb` }));
      }
    }
    // A notebook that is not trusted shows no figures until it is run; these came with the lab.
    const made = chapters(paths).notebooks;
    if (made.length > 0) await exec(paths.venvPython, ["-m", "jupyter", "trust", ...made], options);
    if (failures.length > 0) return { missing: failures.join("; ") };
    return { note: missing.length > 0 ? `built ${missing.join(", ")}` : `${made.length} trusted` };
  },
};
