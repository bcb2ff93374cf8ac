/** Files of preferences on disk, for Node. */
import { createReadStream, statSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { writeWhole } from "../../text/node/files";
import { formatPreferenceFile, MAX_LINE, parsePreferenceLine } from "../preferenceFile";
import type { PreferenceFile, PreferenceFileOptions, SkippedLine } from "../preferenceFile";
import type { Ranking } from "../ranking";

export interface ReadPreferencesOptions extends PreferenceFileOptions {
  /** Most bytes that are read, unpacked; 1 GB without it. */
  readonly maxBytes?: number;
  /** Most rankings that are read; the rest of the file is not looked at. */
  readonly take?: number;
}

/**
 * Reads a file of `prompt / chosen / rejected` lines in any of the forms of `parsePreferenceFile`, line by line, so that its
 * text is never in memory as a whole; a name that ends in .gz is unpacked, as Anthropic's HH-RLHF comes.
 * @throws Error that names the file, the line and the cure; the system's error where it cannot be read
 */
export async function readPreferences(
  path: string,
  options: ReadPreferencesOptions = {},
): Promise<PreferenceFile> {
  const { maxBytes = 1e9, take = Infinity, ...form } = options;
  if (!(take >= 1)) throw new RangeError(`readPreferences: take must be a number from 1, got ${take}`);
  if (!statSync(path).isFile()) throw new Error(`${path} is not a file. Cure: the path of a .jsonl file.`);
  const rankings: Ranking[] = [];
  const skipped: SkippedLine[] = [];
  let number = 0;
  try {
    for await (const line of linesOf(path, maxBytes, form.maxLine ?? MAX_LINE)) {
      const read = parsePreferenceLine(line, ++number, form);
      if (typeof read === "string") skipped.push({ line: number, why: read });
      else if (read) rankings.push(read);
      if (rankings.length >= take) break;
    }
  } catch (error) {
    // The system's errors name the file themselves.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
  return { rankings, skipped };
}

/**
 * Writes rankings as such a file, whole or not at all. Pairs are one ranking of two each.
 * @throws RangeError as `checkRanking`; the system's error where the folder cannot be written
 */
export async function savePreferences(path: string, rankings: readonly Ranking[]): Promise<void> {
  writeWhole(path, formatPreferenceFile(rankings));
}

/** The lines of a UTF-8 file without their ends. A line that does not end is given up as soon as it is too long. */
async function* linesOf(path: string, maxBytes: number, maxLine: number): AsyncGenerator<string> {
  const file = createReadStream(path);
  const packed = path.endsWith(".gz");
  const bytes = packed ? file.pipe(createGunzip()) : file;
  // A pipe does not hand errors on.
  if (packed) file.on("error", (error) => bytes.destroy(error));
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let [read, number, open] = [0, 1, ""];
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > maxBytes)
        throw new Error(
          `more than the ${maxBytes} bytes that are read. Cure: a larger maxBytes, or take: the first rows`,
        );
      const lines = (open + decode(decoder, number, chunk)).split("\n");
      open = lines.pop() as string;
      number += lines.length;
      for (const line of lines) yield line;
      if (open.length > maxLine) yield open; // for the parser to refuse
    }
    const last = open + decode(decoder, number);
    if (last !== "") yield last;
  } finally {
    file.destroy();
  }
}

function decode(decoder: TextDecoder, line: number, chunk?: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new SyntaxError(`line ${line} or a little after it: not UTF-8 text. Cure: save the file as UTF-8`);
  }
}
