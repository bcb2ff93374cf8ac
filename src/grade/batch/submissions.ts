import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { labs } from "../../lab/checks";
import type { GradedSubmission } from "../class/model";
import { arrange, MOST, textOf, type FoundFiles } from "./files";
import { readFolder, tooMuch } from "./folder";
import { readNotebook } from "./notebook";
import { readZip } from "./zip";

/** One learner's submission as it lies in the folder; nothing of it is read yet. */
export interface Entry {
  readonly learner: string;
  readonly kind: GradedSubmission["source"]["kind"];
  readonly name: string;
  readonly path: string;
}

/** A submission's files by the paths that labs have ("01-tokenization.ts"), ready to be graded anywhere. */
export interface Submission {
  readonly learner: string;
  readonly source: GradedSubmission["source"];
  readonly files: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

export const METADATA = "submission_metadata.json";

const ENDINGS: Readonly<Record<string, Entry["kind"]>> = { zip: "zip", ipynb: "notebook", ts: "file" };

/**
 * The submissions in a folder: one folder, .zip, .ipynb or lab file a learner, by name. Files of other kinds are no
 * submissions and are named in `skipped`.
 *
 * @throws RangeError when there is no such folder, or no submission in it
 */
export function listSubmissions(dir: string): { entries: readonly Entry[]; skipped: readonly string[] } {
  const place = resolve(dir);
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory())
    throw new RangeError(`There is no folder "${dir}" with submissions.`);
  const entries: Entry[] = [];
  const skipped: string[] = [];
  const taken = new Set<string>();
  for (const name of readdirSync(place).sort()) {
    if (name.startsWith(".") || name === METADATA || name === "__MACOSX") continue;
    const path = join(place, name);
    const stat = lstatSync(path);
    const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
    const kind = stat.isDirectory() ? "folder" : stat.isFile() ? ENDINGS[ending] : undefined;
    if (kind === undefined || (kind === "file" && topicOf(name) === undefined)) {
      skipped.push(name);
      continue;
    }
    const learner = uniqueId(kind === "folder" ? name : name.slice(0, -ending.length - 1), taken);
    entries.push({ learner, kind, name, path });
  }
  if (entries.length === 0)
    throw new RangeError(
      `There is no submission in "${dir}". Each is a folder, a .zip, a .ipynb, or a file named like a lab (ada_01-tokenization.ts).`,
    );
  return { entries, skipped };
}

/** The lab whose name a file's name ends with: "ada_01-tokenization.ts". */
const topicOf = (name: string): string | undefined =>
  labs.find(({ topic }) => name === `${topic}.ts` || new RegExp(`[\\W_]${topic}\\.ts$`).test(name))?.topic;

/** Names that Windows keeps for devices. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name that can be a file's on every system, and that no other learner has, whatever the case of its letters. */
function uniqueId(name: string, taken: Set<string>): string {
  const short = name
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}._@-]+/gu, "_")
    .replace(/^[._-]+|[._-]+$/g, "")
    .slice(0, 80);
  const plain = short === "" || RESERVED.test(short) ? `learner_${short}` : short;
  let id = plain;
  for (let i = 2; taken.has(id.toLowerCase()); i++) id = `${plain}-${i}`;
  taken.add(id.toLowerCase());
  return id;
}

const Time = z.union([
  z.iso.datetime({ offset: true }),
  z.object({ submitted_at: z.iso.datetime({ offset: true }) }).transform((each) => each.submitted_at),
  z.object({ created_at: z.iso.datetime({ offset: true }) }).transform((each) => each.created_at),
]);

/**
 * When submissions were handed in, from `submission_metadata.json` beside them: an object with a learner's name (as the
 * submission's file has it, or as results have it), and a time or { submitted_at } or Gradescope's { created_at }. A
 * file inside a submission would be the learner's own word, and is not asked.
 *
 * @throws RangeError that names the field that is wrong
 */
export function readTimes(dir: string): Readonly<Record<string, string>> {
  const file = join(dir, METADATA);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return {};
  try {
    return z.record(z.string(), Time).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new RangeError(
      `${file} must be an object of learners with their times, such as {"ada": "2026-11-30T12:00:00Z"}:\n${reasonOf(error)}`,
    );
  }
}

/**
 * Reads one submission. Whatever is wrong with it is a problem in what comes back, and never an error: the others must
 * be graded.
 */
export async function readSubmission(
  entry: Entry,
  times: Readonly<Record<string, string>>,
): Promise<Submission> {
  const { learner, kind, name, path } = entry;
  const told = times[name] ?? times[name.replace(/\.[^.]+$/, "")] ?? times[learner];
  try {
    const { files, problems, sha256, changed } = await readers[kind](entry);
    const submittedAt = told ?? changed?.toISOString();
    const source = { kind, name, sha256, ...(submittedAt !== undefined && { submittedAt }) };
    return { learner, source, files: Object.fromEntries(files), problems };
  } catch (error) {
    const sha256 = createHash("sha256").update(`unreadable ${path}`).digest("hex");
    const source = { kind, name, sha256, ...(told !== undefined && { submittedAt: told }) };
    return { learner, source, files: {}, problems: [`${name} could not be read: ${reasonOf(error)}.`] };
  }
}

/** The labs of notebooks that lie among the files, where no file of the lab is there. */
function withNotebooks({ files: found, problems: odd }: FoundFiles): FoundFiles {
  const files = new Map([...found].filter(([path]) => !path.endsWith(".ipynb")));
  const problems = [...odd];
  for (const [path, text] of found) {
    if (!path.endsWith(".ipynb")) continue;
    try {
      const read = readNotebook(text, path);
      problems.push(...read.problems.map((problem) => `${path}: ${problem}`));
      for (const [file, lab] of read.files) {
        if (!files.has(file)) files.set(file, lab);
        else problems.push(`${path} has exercises of ${file}, which is there as well and is graded.`);
      }
    } catch (error) {
      problems.push(`${path} was not read: ${reasonOf(error)}.`);
    }
  }
  return { files, problems };
}

const reasonOf = (error: unknown): string =>
  error instanceof z.ZodError
    ? z.prettifyError(error)
    : error instanceof Error
      ? error.message
      : String(error);

interface Read {
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  readonly sha256: string;
  readonly changed: Date | undefined;
}

const readers: Readonly<Record<Entry["kind"], (entry: Entry) => Promise<Read>>> = {
  folder: ({ path }) => {
    const found = readFolder(path);
    const hash = createHash("sha256");
    for (const [name, text] of found.files) hash.update(JSON.stringify([name, text]));
    return Promise.resolve({
      ...withNotebooks(arrange(found)),
      sha256: hash.digest("hex"),
      changed: found.changed,
    });
  },
  zip: async ({ path }) => {
    const found = await readZip(sized(path));
    return { ...withNotebooks(arrange(found)), sha256: await hashOf(path), changed: statSync(path).mtime };
  },
  notebook: async ({ path, name }) => {
    const text = textOf(readFileSync(sized(path)));
    if (text === undefined) throw new Error("it is no UTF-8 text");
    return { ...readNotebook(text, name), sha256: await hashOf(path), changed: statSync(path).mtime };
  },
  file: async ({ path, name }) => {
    const { size, mtime } = statSync(path);
    if (size > MOST.fileBytes) throw new Error(tooMuch(name, size));
    const text = textOf(readFileSync(path));
    if (text === undefined) throw new Error("it is no UTF-8 text");
    const files = new Map([[`${topicOf(name)!}.ts`, text]]);
    return { files, problems: [], sha256: await hashOf(path), changed: mtime };
  },
};

/** The path, where the file is not too large to be opened. */
function sized(path: string): string {
  const { size } = statSync(path);
  if (size <= MOST.archiveBytes) return path;
  throw new Error(`it has ${size} bytes, and ${MOST.archiveBytes} are the limit`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part);
  return hash.digest("hex");
}
