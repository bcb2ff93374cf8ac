import { existsSync, readFileSync, statSync } from "node:fs";
import type { z } from "zod";
import { closest } from "./closest";

/** Largest file of JSON or CSV about a class that is read, in bytes: some 2000 learners. */
const MOST_BYTES = 2 ** 26;

/**
 * The value of a JSON text that comes from outside.
 * @param file named in errors
 * @param keys names of all fields, for "did you mean"
 * @throws RangeError with the line of what is no JSON, or the path of each field that is wrong, and the cure
 */
export function parseChecked<T>(
  text: string,
  schema: z.ZodType<T>,
  file: string,
  keys: readonly string[] = [],
): T {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new RangeError(
      `${file}${lineOf(text, error as Error)}: this is no JSON. ${(error as Error).message}`,
    );
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const lines = read.error.issues.slice(0, 5).map((top) => {
    const { issue, place } = innermost(top, top.path);
    const at = placeText(place);
    if (issue.code !== "unrecognized_keys") return `${file}: ${at}${sentence(issue.message)}`;
    const [key = ""] = issue.keys;
    return `${file}: ${at}there is no field "${key}".${closest(key, keys)} Correct its name or take it out.`;
  });
  throw new RangeError(lines.join("\n"));
}

type Issue = z.core.$ZodIssue;

/** A key of a record and a choice between forms wrap what is really wrong. */
function innermost(issue: Issue, place: PropertyKey[]): { issue: Issue; place: PropertyKey[] } {
  const inner =
    issue.code === "invalid_key"
      ? issue.issues[0]
      : issue.code === "invalid_union"
        ? issue.errors[0]?.[0]
        : undefined;
  return inner === undefined ? { issue, place } : innermost(inner, [...place, ...inner.path]);
}

const sentence = (message: string): string => {
  const text = message.replace(/^Invalid input: /, "");
  return /[.?!]$/.test(text) ? text : `${text}.`;
};

/** labs."01".exercises."count-pairs", as one would write it. */
function placeText(place: readonly PropertyKey[]): string {
  if (place.length === 0) return "";
  const parts = place.map((key, i) => {
    if (typeof key === "number") return `[${key}]`;
    const name = /^[A-Za-z]\w*$/.test(String(key)) ? String(key) : JSON.stringify(String(key));
    return i === 0 ? name : `.${name}`;
  });
  return `${parts.join("")}: `;
}

/** Where JSON.parse says at which character it stopped. */
function lineOf(text: string, { message }: Error): string {
  const at = /at position (\d+)/.exec(message)?.[1];
  return at === undefined ? "" : `, line ${text.slice(0, Number(at)).split("\n").length}`;
}

/** A UTF-8 file of limited size. @throws RangeError that names it */
export function readSmall(file: string, most = MOST_BYTES): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) throw new RangeError(`${file}: there is no such file.`);
  if (stat.size > most)
    throw new RangeError(`${file}: ${stat.size} bytes, more than the ${most} that are read.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch {
    throw new RangeError(`${file}: not UTF-8 text. Save it as UTF-8.`);
  }
}

/** As `readSmall`, or undefined where there is no file. */
export const readIfThere = (file: string): string | undefined =>
  existsSync(file) ? readSmall(file) : undefined;
