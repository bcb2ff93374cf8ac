// The kernel spec `lab`: how Jupyter starts tools/kernel.cjs. It names absolute paths, so it is made at set-up
// time inside the virtual environment and never committed.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The name shown in JupyterLab, and kept in each notebook's metadata. */
export const KERNEL_DISPLAY_NAME = "Transformer Lab (TypeScript)";

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#2f5fd0"/><path d="M12 16h40v10H37v24H27V26H12z" fill="#fff"/></svg>\n`;

/** Half of the machine's memory, at least 1 GB and at most 8 GB: a runaway cell must not take the machine down. */
export function heapLimitMb(totalBytes = totalmem()) {
  return Math.round(Math.min(8192, Math.max(1024, totalBytes / 2 ** 21)));
}

/**
 * Writes `<venv>/share/jupyter/kernels/lab/`, where every Jupyter of that environment finds it.
 * Returns { path, changed }; nothing is written when the spec is already right.
 */
export function writeKernelSpec(root, venv, { node = process.execPath } = {}) {
  const spec = {
    argv: [
      node,
      `--max-old-space-size=${heapLimitMb()}`,
      join(resolve(root), "tools", "kernel.cjs"),
      "kernel",
      "--config-path",
      "{connection_file}",
    ],
    display_name: KERNEL_DISPLAY_NAME,
    language: "typescript",
    interrupt_mode: "signal",
    metadata: { debugger: false },
  };
  const folder = join(resolve(venv), "share", "jupyter", "kernels", "lab");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "kernel.json");
  const changed = writeIfChanged(path, JSON.stringify(spec, null, 2) + "\n");
  writeIfChanged(join(folder, "logo-svg.svg"), LOGO);
  return { path, changed };
}

function writeIfChanged(path, text) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return false;
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
  return true;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = resolve(fileURLToPath(import.meta.url), "..", "..");
  const { path, changed } = writeKernelSpec(root, join(root, ".venv"));
  console.log(`${changed ? "wrote" : "up to date:"} ${path}`);
}
