import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readText } from "./save";

/** Largest vocabulary file that is read, in bytes. */
const MAX_BYTES = 2 ** 22;

/**
 * The lines of a vocabulary: one token a line, the line number is the id.
 *
 * @param path a file below datasets/, as "minilm-wordpiece/vocab.txt", or undefined for this one
 * @throws Error that names the file when it is missing or has another number of tokens
 */
export function readVocabulary(dataset: string, tokens: number, path?: string): string[] {
  const file = path ?? join(datasetsFolder(dataset), dataset);
  const lines = readText(file, MAX_BYTES).split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length !== tokens) {
    throw new Error(
      `${file}: ${lines.length} tokens, expected ${tokens}. Is the file cut off? Restore it with git.`,
    );
  }
  return lines;
}

/** The folder datasets/: above this file, both in src/ and in the compiled dist/. */
function datasetsFolder(dataset: string): string {
  for (let at = __dirname; dirname(at) !== at; at = dirname(at)) {
    const folder = join(at, "datasets");
    if (existsSync(join(folder, dataset))) return folder;
  }
  throw new Error(`No datasets/${dataset} above ${__dirname}: restore it with git.`);
}
