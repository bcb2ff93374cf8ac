import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Files } from "../widget";
import { packedFolder, packedMiniLM } from "./minilm";
import type { PackedFiles } from "./minilm";

/** The files of datasets/ on disk, and the packed model. @param root the project's folder */
export const nodeFiles = (root: string): Files => ({
  async bytes(name) {
    const [folder, file] = name.split("/") as [string, string];
    if (folder === packedFolder) return (await packedMiniLM())[file as keyof PackedFiles];
    const path = join(root, "datasets", name);
    if (!existsSync(path)) throw new Error(`${path} is missing. Cure: restore it with git.`);
    return new Uint8Array(await readFile(path));
  },
});
