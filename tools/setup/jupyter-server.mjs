/** JupyterLab as a child process: started on a free port of this machine only, and stopped together with us. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { SetupError } from "./cures.mjs";
import { jupyterEnv, writeJupyterConfig } from "./jupyter-env.mjs";

const host = "127.0.0.1";

/** Whether a program of this session could open a window. */
export function hasDisplay(env, platform = process.platform) {
  if (env.SSH_CONNECTION) return false;
  return platform === "win32" || platform === "darwin" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });

/**
 * The first free port from `wanted` on.
 * @throws SetupError when a hundred are taken
 */
export async function freePort(wanted) {
  const last = Math.min(wanted + 99, 65_535);
  for (let port = wanted; port <= last; port++) {
    if (await isFree(port)) return port;
  }
  throw new SetupError(`All ports from ${wanted} to ${last} are taken: choose another with --port.`);
}

/** The page that opens first: the first chapter, else the folder. */
export function firstPage(paths) {
  const chapters = fs.existsSync(paths.notebooks) ? fs.readdirSync(paths.notebooks).sort() : [];
  const first = chapters.find((name) => /^\d\d-.*\.ipynb$/.test(name));
  return `/lab/tree/notebooks${first ? `/${encodeURIComponent(first)}` : ""}`;
}

function serverArguments({ paths, port, browser }) {
  return [
    ...[
      "-m",
      "jupyterlab",
      `--ServerApp.ip=${host}`,
      `--ServerApp.port=${port}`,
      "--ServerApp.port_retries=0",
    ],
    // The root is the project, not notebooks/: figures load files from node_modules, and labs/ are edited beside them.
    `--ServerApp.root_dir=${paths.root}`,
    ...(fs.existsSync(paths.notebooks) ? [`--ServerApp.preferred_dir=${paths.notebooks}`] : []),
    `--ServerApp.open_browser=${browser ? "True" : "False"}`,
    `--LabApp.default_url=${firstPage(paths)}`,
    "--MappingKernelManager.default_kernel_name=lab",
    ...(process.getuid?.() === 0 ? ["--ServerApp.allow_root=True"] : []),
  ];
}

/**
 * Starts JupyterLab.
 * @param {{ paths: ReturnType<import("./paths.mjs").pathsOf>, env: NodeJS.ProcessEnv, port: number, browser: boolean,
 *           timeoutMs?: number }} options
 * @returns {{ ready: () => Promise<string>, ended: Promise<number | string>, stop: () => Promise<void> }} `ready`
 *   gives the address when the server answers, and throws a SetupError with the end of its log when it does not come up
 */
export function startServer({ paths, env, port, browser, timeoutMs = 90_000 }) {
  writeJupyterConfig(paths);
  const logFile = path.join(paths.state, "jupyter.log");
  const log = fs.openSync(logFile, "w");
  const token = env.JUPYTER_TOKEN || randomBytes(24).toString("hex");
  // The token goes by the environment: arguments are seen by every user of the machine.
  const child = spawn(paths.venvPython, serverArguments({ paths, port, browser }), {
    cwd: paths.root,
    env: { ...jupyterEnv(paths, env), JUPYTER_TOKEN: token },
    stdio: ["ignore", log, log],
    // A process group of its own: Ctrl-C comes to us, and we stop it in order (Jupyter itself would ask "y/n").
    detached: process.platform !== "win32",
  });
  fs.closeSync(log);
  let over;
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(signal ?? code));
  }).then((how) => (over = how));
  const stop = () => stopGroup(child, ended);
  const url = `http://${host}:${port}${firstPage(paths)}?token=${token}`;
  const ready = async () => {
    const deadline = Date.now() + timeoutMs;
    while (!(await answers(port, token))) {
      if (over === undefined && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        continue;
      }
      const why =
        over === undefined ? `did not answer within ${timeoutMs / 1000} s` : `ended at once (${over})`;
      await stop();
      throw new SetupError(
        `JupyterLab ${why}. It said last:\n${lastLines(logFile, 8)}\nAll of it is in ${logFile}.`,
      );
    }
    return url;
  };
  return { ready, ended, stop };
}

async function answers(port, token) {
  try {
    const headers = { Authorization: `token ${token}` };
    const reply = await fetch(`http://${host}:${port}/api/status`, {
      headers,
      signal: AbortSignal.timeout(3_000),
    });
    return reply.ok;
  } catch {
    return false;
  }
}

/** Asks the server to end, so that it ends its kernels; after ten seconds the whole group is killed. */
async function stopGroup(child, ended) {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => {
    try {
      process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }, 10_000);
  await ended;
  clearTimeout(timer);
}

const lastLines = (file, count) =>
  fs.readFileSync(file, "utf8").trim().split(os.EOL).slice(-count).join(os.EOL) || "(nothing)";
