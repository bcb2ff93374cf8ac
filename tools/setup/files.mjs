/** Small file helpers: atomic writes and hashes of what a step depends on. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** Writes a file so that a reader sees the old content or the new, never a part. */
export function writeAtomic(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, content);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

export const writeJson = (file, value) => writeAtomic(file, JSON.stringify(value, null, 2) + "\n");

/** The parsed content of a JSON file; undefined when it is missing or not JSON. */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** All files under a folder, sorted, without those that `skip` names. */
export function filesUnder(folder, skip = () => false) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !skip(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/**
 * One hash over values and the content of files.
 * @param {readonly string[]} files a missing file counts as empty, under its own name
 * @param {readonly unknown[]} [values] anything that JSON can hold
 */
export function hashOf(files, values = []) {
  const hash = createHash("sha256").update(JSON.stringify(values));
  for (const file of files) {
    // Only the name, so that a moved checkout keeps its stamps.
    hash.update(`\0${path.basename(file)}\0`);
    if (fs.existsSync(file)) hash.update(fs.readFileSync(file));
  }
  return hash.digest("hex").slice(0, 24);
}
