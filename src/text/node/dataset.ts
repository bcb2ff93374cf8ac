import { createHash } from "node:crypto";
import { join } from "node:path";
import { labFolder } from "./place";
import { readText } from "./files";

/** Largest vocabulary file that is read, in bytes. */
const MAX_BYTES = 2 ** 22;

/** A vocabulary in datasets/, and what it must be. */
export interface Vocabulary {
  /** A file below datasets/, as "minilm-wordpiece/vocab.txt". */
  readonly file: string;
  readonly tokens: number;
  readonly sha256: string;
}

/**
 * The lines of a vocabulary: one token a line, the line number is the id.
 *
 * @param path another file in place of the one in datasets/; of it only the number of tokens is compared
 * @throws Error that names the file when it is missing, has another number of tokens or (in datasets/) is another file
 */
export function readVocabulary({ file: own, tokens, sha256 }: Vocabulary, path?: string): string[] {
  const file = path ?? join(labFolder("datasets", own), own);
  const text = readText(file, MAX_BYTES);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length !== tokens) {
    throw new Error(
      `${file}: ${lines.length} tokens, expected ${tokens}. Is the file cut off? Restore it with git.`,
    );
  }
  if (path === undefined && createHash("sha256").update(text, "utf8").digest("hex") !== sha256)
    throw new Error(`${file}: not the file that it was (its sha256 is another). Restore it with git.`);
  return lines;
}
