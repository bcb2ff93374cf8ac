import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file whole or not at all: beside it, to the disk, then renamed, so that a reader finds the old file or the
 * new one, never a part. Folders on the way are made.
 * @param still asked just before the renaming: where it says no, nothing is changed
 * @returns whether it was written
 * @throws the system's error when it cannot be written; nothing is left behind
 */
export function writeWhole(path: string, content: string | Uint8Array, still = (): boolean => true): boolean {
  mkdirSync(dirname(path), { recursive: true });
  const name = `.${basename(path).slice(-40)}.${randomBytes(6).toString("hex")}.tmp`;
  const temporary = join(dirname(path), name);
  try {
    writeTo(temporary, "wx", content);
    if (!still()) return false;
    renameSync(temporary, path);
    return true;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Writes a new file ("wx") or to the end of one ("a"): it is on the disk when this returns. */
export function writeTo(path: string, flags: "a" | "wx", content: string | Uint8Array): void {
  const file = openSync(path, flags);
  try {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A UTF-8 file of a limited size. @throws Error that names the file when it is too large or not UTF-8 */
export function readText(path: string, limit: number): string {
  const { size } = statSync(path);
  if (size > limit) throw new Error(`${path}: ${size} bytes, more than the ${limit} that are read.`);
  const bytes = readFileSync(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${path}: not UTF-8 text.`);
  }
}
