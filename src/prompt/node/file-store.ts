/** Calls of a model in a file, one JSON line each, added as they are done. For Node. */
import { appendFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { CallStore, CallValue } from "../calls";

export interface FileStore extends CallStore {
  readonly path: string;
  /** How many calls it holds. */
  readonly size: number;
  /** Numbers, from 1, of the lines that were no call when the file was opened: damaged, or cut by a killed process. */
  readonly skipped: readonly number[];
}

export interface FileStoreOptions {
  /** Largest file that is read; 64 MB without it, some 600 000 calls. */
  readonly maxBytes?: number;
}

/**
 * Opens a file of calls; it and its folder are made when the first call is kept. What was kept is on disk when `set`
 * returns, as one whole line, so a process that is killed loses nothing but what was under way. Nothing in the file is
 * ever changed: lines are only added, and of two with one key the later counts.
 *
 * @throws Error that names the file where it is too large, is a folder, or has lines and none is a call; the system's
 *   error where it cannot be read
 */
export function fileStore(path: string, options: FileStoreOptions = {}): FileStore {
  const { maxBytes = 64e6 } = options;
  const text = readLines(path, maxBytes);
  const kept = new Map<string, CallValue>();
  const skipped: number[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const call = parseCall(line);
    if (call) kept.set(call.key, call.value);
    else skipped.push(i + 1);
  });
  // A process may have been killed in its first line.
  const cut = skipped.length === 1 && (text.startsWith(opening) || opening.startsWith(text));
  if (kept.size === 0 && skipped.length > 0 && !cut)
    throw new Error(`${path}: no line of it is a call of a model. Cure: another path, or remove the file.`);

  let midLine = text !== "" && !text.endsWith("\n");
  let folder = false;
  return {
    path,
    skipped,
    get size() {
      return kept.size;
    },
    get: (key) => kept.get(key),
    set(key, value) {
      const line = formatCall(key, value);
      if (!folder) mkdirSync(dirname(path), { recursive: true });
      folder = true;
      const start = midLine ? "\n" : "";
      midLine = true; // should the disk be full half-way
      appendFileSync(path, start + line);
      midLine = false;
      kept.set(key, value);
    },
  };
}

function readLines(path: string, maxBytes: number): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return "";
  if (!found.isFile())
    throw new Error(`${path} is not a file. Cure: the path of a file, such as calls.jsonl.`);
  if (found.size > maxBytes)
    throw new Error(
      `${path}: ${found.size} bytes of calls, more than the ${maxBytes} that are read. Cure: maxBytes, or another file.`,
    );
  return readFileSync(path, "utf8");
}

// JSON has no -Infinity, the logarithm of what cannot come.
const impossible = "-Infinity";
/** How each line begins. */
const opening = '{"key":"';
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** @throws RangeError for what is no result of a call, such as NaN */
function formatCall(key: string, value: CallValue): string {
  const stored = value === -Infinity ? impossible : value;
  const call = parseCall(JSON.stringify({ key, value: stored }));
  if (!call) throw new RangeError(`Call ${JSON.stringify(key)} gave ${String(value)}, which cannot be kept.`);
  return `${JSON.stringify({ key, value: stored })}\n`;
}

function parseCall(line: string): { key: string; value: CallValue } | undefined {
  let call: unknown;
  try {
    call = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof call !== "object" || call === null || !("key" in call) || !("value" in call)) return undefined;
  const { key, value } = call;
  if (typeof key !== "string" || key === "") return undefined;
  if (isNumber(value)) return { key, value };
  if (value === impossible) return { key, value: -Infinity };
  return Array.isArray(value) && value.every(isNumber) ? { key, value } : undefined;
}
