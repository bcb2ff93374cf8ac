/** Labels on disk: one line each in the usual form of preferences, added as they are made. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { formatRanking, parsePreferenceFile, parsePreferenceLine } from "../../align";
import type { Ranking } from "../../align";
import { readText, writeTo, writeWhole } from "../../text/node/files";

/** Largest file that is read, in bytes: some 30,000 labels. */
const MAX_BYTES = 2 ** 26;

export interface LabelFile {
  readonly path: string;
  /** All labels, in the order in which they were made; read anew where another program has changed the file. */
  labels(): Ranking[];
  /**
   * Adds a label: on disk, as one whole line, when this returns. Where the file has vanished all labels known are written.
   * @returns whether it had vanished
   */
  add(label: Ranking, extra?: Readonly<Record<string, unknown>>): boolean;
  /** Takes the last label for which `matches` holds out of the file; undefined where there is none. */
  removeLast(matches: (label: Ranking) => boolean): Ranking | undefined;
}

/**
 * Opens a file of labels; it and its folder are made when the first label is added. Half a line at its end, which a killed
 * program leaves, is cut off: that label is asked again.
 * @throws Error naming the file where it is no file, too large, or has a line that is no label; nothing is changed then
 */
export function openLabelFile(path: string): LabelFile {
  let text = "";
  let stamp = "none";

  /** Takes the file as it is now; false where it has vanished, and what it held stays known. */
  function refresh(): boolean {
    const now = stampOf(path);
    if (now === "none") return text === "";
    if (now !== stamp) {
      text = readLabels(path);
      stamp = now;
    }
    return true;
  }

  refresh();
  const half = halfLine(text);
  const whole = text.slice(0, text.length - half.length);
  labelsOf(path, whole);
  if (half !== "") writeWhole(path, whole, () => stampOf(path) === stamp);
  refresh();

  return {
    path,
    labels() {
      refresh();
      return labelsOf(path, text);
    },
    add(label, extra = {}) {
      const there = refresh();
      const open = text === "" || text.endsWith("\n") ? "" : "\n";
      const line = `${open}${formatRanking(label, extra)}\n`;
      mkdirSync(dirname(path), { recursive: true });
      writeTo(path, "a", there ? line : text + line);
      stamp = "stale";
      refresh();
      return !there;
    },
    removeLast(matches) {
      for (;;) {
        refresh();
        const lines = text.split("\n");
        const found = lines
          .map((line, at) => ({ at, label: parsePreferenceLine(line, at + 1) }))
          .filter(({ label }) => typeof label === "object" && matches(label))
          .pop();
        if (!found) return undefined;
        const rest = lines.filter((_, i) => i !== found.at).join("\n");
        // Where another program has added a label meanwhile, theirs is read first.
        const expected = stampOf(path) === "none" ? "none" : stamp;
        if (!writeWhole(path, rest, () => stampOf(path) === expected)) continue;
        text = rest;
        stamp = stampOf(path);
        return found.label as Ranking;
      }
    },
  };
}

/** Changes whenever the file does. */
function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : "none";
}

function readLabels(path: string): string {
  if (!statSync(path).isFile())
    throw new Error(`${path} is not a file. Cure: the path of a file, such as labels.jsonl.`);
  return readText(path, MAX_BYTES);
}

function labelsOf(path: string, text: string): Ranking[] {
  try {
    return [...parsePreferenceFile(text).rankings];
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message} Or take another file for the labels.`, {
      cause: error,
    });
  }
}

/** How each line of ours begins. */
const opening = '{"prompt":"';

/** What stands after the last line end, where it is the beginning of a label and not the whole of one. */
function halfLine(text: string): string {
  const last = text.slice(text.lastIndexOf("\n") + 1);
  if (last === "" || !(last.startsWith(opening) || opening.startsWith(last))) return "";
  try {
    JSON.parse(last);
    return "";
  } catch {
    return last;
  }
}
