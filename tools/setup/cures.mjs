/** From a raw failure to one sentence that says what is wrong and what cures it. */
import fs from "node:fs";
import path from "node:path";
import { CommandError } from "./exec.mjs";

/** A failure whose message is already such a sentence. */
export class SetupError extends Error {
  constructor(message) {
    super(message);
    this.name = "SetupError";
  }
}

const full = /ENOSPC|No space left on device|EDQUOT|Disk quota exceeded|not enough space on the disk/i;
const closed = /EROFS|Read-only file system|EACCES|EPERM|Permission denied/i;
const certificate =
  /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF|certificate verify failed/i;
const offline =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|Temporary failure in name resolution|Name or service not known|NewConnectionError|NameResolutionError|ProxyError|ConnectTimeoutError|ReadTimeoutError|Network is unreachable|nodename nor servname/i;
const lockfile = /npm ci` can only install packages when your package.json and package-lock.json/i;
const noWheel = /No matching distribution found for (\S+)|is not a supported wheel on this platform/i;

/** Megabytes free where `folder` lies; undefined where the system does not say. */
export function freeMegabytes(folder) {
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    return Math.round((bavail * bsize) / 2 ** 20);
  } catch {
    return undefined;
  }
}

/**
 * One sentence for a failed step.
 * @param {unknown} error
 * @param {{ root: string, title: string }} where the project's folder, and the step's title
 */
export function cureFor(error, { root, title }) {
  if (error instanceof SetupError) return error.message;
  const text = `${error?.code ?? ""} ${error?.message ?? error}\n${error?.output ?? ""}`;
  if (full.test(text)) {
    const free = freeMegabytes(root);
    const now = free === undefined ? "" : ` (${free} MB are free now)`;
    return `The disk is full: set-up needs about 3 GB in ${root}${now}. Free some space and run the same command again.`;
  }
  if (closed.test(text)) {
    const what =
      error?.path ?? /(?:EACCES|EROFS|EPERM|Errno \d+)[^'"]*['"]([^'"]+)['"]/.exec(text)?.[1] ?? root;
    return `Set-up may not write to ${what}. Copy the lab into a folder of your own, or give your user the right to write there.`;
  }
  if (certificate.test(text)) {
    return `The package registry's certificate is not trusted (${title}), most often because a company proxy signs it: set NODE_EXTRA_CA_CERTS and PIP_CERT to the proxy's certificate file.`;
  }
  if (offline.test(text)) {
    return `No network (${title}): the package registry did not answer. Check the connection or the proxy settings and run the same command again; what is already installed is kept.`;
  }
  if (lockfile.test(text)) {
    return "package.json and package-lock.json do not agree: run `npm install --ignore-scripts` once, or restore both files with git.";
  }
  const wheel = noWheel.exec(text);
  if (wheel) {
    return `There is no ready-made package ${wheel[1] ?? ""} for this Python on this system (${process.platform}, ${process.arch}): install another Python 3.10 to 3.13.`;
  }
  const last = error instanceof CommandError ? lastLine(error.output) : undefined;
  return `${title} failed: ${last ?? error?.message ?? error}`;
}

/** The last line that says something: pip and npm end with hints about themselves. */
function lastLine(output) {
  const lines = output.split("\n").map((line) => line.trim());
  const telling = lines.filter(
    (line) => line && !/^(npm (error|notice) A complete log|\[notice\]|npm notice)/.test(line),
  );
  return telling.findLast((line) => /error/i.test(line)) ?? telling.at(-1);
}

/**
 * Checks that set-up may write into the project at all.
 * @throws SetupError
 */
export function assertWritable(root) {
  const probe = path.join(root, `.lab-write-${process.pid}`);
  try {
    fs.writeFileSync(probe, "");
    fs.rmSync(probe);
  } catch (error) {
    throw new SetupError(cureFor(Object.assign(error, { path: root }), { root, title: "Set-up" }));
  }
}
