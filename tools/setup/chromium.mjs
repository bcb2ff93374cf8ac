/** A Chromium for the browser test: the machine's own, or Debian's package where set-up may install it. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ask, exec } from "./exec.mjs";
import { cureFor } from "./cures.mjs";

const names = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
];

const places = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ],
  win32: ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
    .filter((name) => process.env[name])
    .map((name) => path.join(process.env[name], "Google", "Chrome", "Application", "chrome.exe")),
};

const isFile = (file) => fs.existsSync(file) && fs.statSync(file).isFile();

/**
 * The browser that is on this machine already.
 * @param {NodeJS.ProcessEnv} env `CHROMIUM` names one by hand
 * @returns {string | undefined}
 */
export function findChromium(env) {
  if (env.CHROMIUM) return isFile(env.CHROMIUM) ? env.CHROMIUM : undefined;
  const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
  const onPath = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...onPath, ...(places[process.platform] ?? [])].find(isFile);
}

/** Ubuntu's package is a stub that only says "install the snap": what is found must also start. */
const starts = async (file, env) =>
  process.platform === "win32" || (await ask(file, ["--version"], env)) !== undefined;

/**
 * Finds a Chromium, and installs Debian's where that is possible (root, apt-get).
 * @param {{ env?: NodeJS.ProcessEnv, log?: string, onLine?: (line: string) => void, root: string,
 *           isRoot?: boolean }} options
 * @returns {Promise<{ path: string, installed: boolean } | { reason: string }>}
 */
export async function ensureChromium({
  env = process.env,
  log,
  onLine,
  root,
  isRoot = os.userInfo().uid === 0,
}) {
  const found = findChromium(env);
  if (found && (await starts(found, env))) return { path: found, installed: false };
  const cure = "install Chromium or Chrome, or name it in the environment variable CHROMIUM";
  if (env.CHROMIUM) return { reason: `CHROMIUM names ${env.CHROMIUM}, which is not a file: ${cure}` };
  if (!isRoot || (await ask("apt-get", ["--version"], env)) === undefined) {
    return { reason: `there is no Chromium here and no right to install one: ${cure}` };
  }
  const aptEnv = { ...env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await exec("apt-get", ["update", "-q"], { env: aptEnv, log, onLine });
    const install = ["install", "-q", "-y", "--no-install-recommends", "chromium"];
    await exec("apt-get", install, { env: aptEnv, log, onLine });
  } catch (error) {
    return {
      reason: `apt-get could not install chromium (${cureFor(error, { root, title: "apt-get" })}): ${cure}`,
    };
  }
  const path_ = findChromium(env);
  return path_ && (await starts(path_, env))
    ? { path: path_, installed: true }
    : { reason: `apt-get installed no chromium on PATH: ${cure}` };
}
