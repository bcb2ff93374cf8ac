import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isKept, isNoise, MOST, mostBytes, textOf, type FoundFiles } from "./files";

export interface FoundFolder extends FoundFiles {
  /** The last time at which one of its .ts files was changed. */
  readonly changed: Date | undefined;
}

/** Reads a handed-in folder: plain files only, no links, within the limits. What is refused is named, the rest is read. */
export function readFolder(root: string): FoundFolder {
  const files = new Map<string, string>();
  const problems: string[] = [];
  let [entries, bytes, changed] = [0, 0, 0];
  const visit = (folder: string, depth: number): void => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (isNoise(path)) continue;
      if (++entries > MOST.entries) {
        if (entries === MOST.entries + 1)
          problems.push(`Only the first ${MOST.entries} files and folders were read.`);
        return;
      }
      const stat = lstatSync(join(root, path));
      if (stat.isDirectory()) {
        if (depth < MOST.depth) visit(path, depth + 1);
        else problems.push(`${path} was not read: folders lie in folders more than ${MOST.depth} deep.`);
      } else if (!stat.isFile()) problems.push(`${path} was not read: it is a link or no plain file.`);
      else if (!isKept(path)) continue;
      else if (stat.size > mostBytes(path) || bytes + stat.size > MOST.allBytes) {
        problems.push(`${path} was not read: ${tooMuch(path, stat.size)}`);
      } else {
        const text = textOf(readFileSync(join(root, path)));
        if (text === undefined) problems.push(`${path} was not read: it is no UTF-8 text.`);
        else files.set(path, text);
        bytes += stat.size;
        if (path.endsWith(".ts")) changed = Math.max(changed, stat.mtimeMs);
      }
    }
  };
  visit("", 0);
  return { files, problems, changed: changed === 0 ? undefined : new Date(changed) };
}

/** Why a file of this size is not read. */
export const tooMuch = (path: string, size: number): string =>
  size > mostBytes(path)
    ? `it has ${size} bytes, and ${mostBytes(path)} are the limit.`
    : `the submission's files have more than ${MOST.allBytes} bytes together.`;
