/** One set-up at a time in a folder. The holder touches its lock as it works, so a lock left by a dead one is seen. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readJson } from "./files.mjs";

const heartbeatMs = 2_000;
/** Three missed beats and more: the holder was killed, or its machine was. */
const staleMs = 15_000;

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** True when nobody holds the lock any more. */
function isStale(file) {
  let age;
  try {
    age = Date.now() - fs.statSync(file).mtimeMs;
  } catch {
    return false; // gone: the next try to take it decides
  }
  if (age > staleMs) return true;
  const holder = readJson(file);
  return Boolean(holder) && holder.host === os.hostname() && !alive(holder.pid);
}

/**
 * Takes the lock, waiting for a set-up that is under way.
 * @param {string} file
 * @param {{ onWait?: (pid: number | undefined) => void, pollMs?: number }} [options]
 * @returns {Promise<() => void>} gives the lock back
 */
export async function takeLock(file, { onWait, pollMs = 300 } = {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const me = JSON.stringify({ pid: process.pid, host: os.hostname() });
  let told = false;
  for (;;) {
    try {
      fs.writeFileSync(file, me, { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isStale(file)) {
      discard(file);
      continue;
    }
    if (!told) onWait?.(readJson(file)?.pid);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const beat = setInterval(() => {
    const now = new Date();
    fs.utimes(file, now, now, () => undefined);
  }, heartbeatMs);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (readJson(file)?.pid === process.pid) fs.rmSync(file, { force: true });
  };
}

/** Removes a stale lock. Moved aside first, and moved back if another set-up had put a fresh one there meanwhile. */
function discard(file) {
  const aside = `${file}.stale-${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (isStale(aside)) fs.rmSync(aside, { force: true });
    else fs.renameSync(aside, file);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}
