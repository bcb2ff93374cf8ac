import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

/** The interpreter of the lab's virtual environment. Throws an Error with the cure where there is none. */
export function venvPython(root: string): string {
  const windows = process.platform === "win32";
  const python = path.join(root, ".venv", windows ? "Scripts" : "bin", windows ? "python.exe" : "python");
  if (!existsSync(python)) throw new Error("The notebooks' Python is not set up. Run: npm run setup");
  return python;
}

/** Jupyter's folders inside the project, the same as set-up and `npm start` use (tools/setup/jupyter-env.mjs). */
export function jupyterEnvironment(root: string): NodeJS.ProcessEnv {
  const folder = (name: string): string => path.join(root, ".lab", "jupyter", name);
  return {
    ...process.env,
    PYTHONUTF8: "1",
    JUPYTER_CONFIG_DIR: folder("config"),
    JUPYTER_DATA_DIR: folder("data"),
    JUPYTER_RUNTIME_DIR: folder("runtime"),
    IPYTHONDIR: folder("ipython"),
  };
}

export interface PythonRun {
  /** The exit status; null when a signal ended it. */
  readonly status: number | null;
  /** The last of what it wrote to standard error. */
  readonly complaints: string;
}

/**
 * Runs one of tools/*.py and calls `onLine` for each line that it prints. Ctrl-C and SIGTERM are handed on to it,
 * and this process waits until it has tidied up.
 */
export async function runPython(
  root: string,
  script: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly onLine?: (line: string) => void } = {},
): Promise<PythonRun> {
  const child = spawn(venvPython(root), [path.join(root, "tools", script), ...args], {
    cwd: root,
    env: { ...jupyterEnvironment(root), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const release = handOnSignals(child);
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => options.onLine?.(line));
  const read = new Promise((done) => lines.once("close", done));
  const status = await new Promise<number | null>((done, fail) => {
    child.once("error", fail);
    child.once("close", done);
  });
  await read;
  release();
  return { status, complaints };
}

function handOnSignals(child: ChildProcess): () => void {
  const names = ["SIGINT", "SIGTERM"] as const;
  const handlers = names.map((name) => [name, () => void child.kill(name)] as const);
  for (const [name, handler] of handlers) process.on(name, handler);
  return () => handlers.forEach(([name, handler]) => process.off(name, handler));
}
