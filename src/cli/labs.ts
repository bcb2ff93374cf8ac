import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { withShipped } from "../grade/source";
import { writeWhole } from "../text/node/files";

export interface BuildLabsOptions {
  /** Write nothing; only say what is not up to date. */
  readonly check?: boolean;
  /** Also replace labs that a learner has edited; each is kept as a copy in .lab/kept first. */
  readonly force?: boolean;
  /** Only this lab's topic, e.g. "01-tokenization". */
  readonly topic?: string;
}

/** The first line of a generated lab. The hash tells a lab as shipped from one that a learner has edited. */
const HEAD = "// Made from solutions/NAME. A fresh copy: lab reset LAB. As shipped: HASH\n";
const HEAD_PATTERN = /^\/\/ Made from solutions\/[\w-]+\.ts\..* As shipped: ([0-9a-f]{16})\n/;

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/**
 * Makes labs/NN-topic.ts from solutions/NN-topic.ts and says what it did, one line for each lab that was not up to
 * date (with `check`: what it would have to do). A lab that was edited is left alone unless `force` is set.
 * Throws an Error that names the file and line for markers that do not pair up.
 */
export async function buildLabs(root: string, options: BuildLabsOptions = {}): Promise<string[]> {
  const names = readdirSync(path.join(root, "solutions")).filter((name) => /^\d\d-[\w-]+\.ts$/.test(name));
  const said: string[] = [];
  for (const name of names.sort()) {
    if (options.topic !== undefined && name !== `${options.topic}.ts`) continue;
    const fresh = makeLab(name, read(path.join(root, "solutions", name)));
    const file = path.join(root, "labs", name);
    const old = existsSync(file) ? read(file) : undefined;
    if (old === fresh) continue;
    const edited = old !== undefined && isEdited(old);
    if (options.check) {
      said.push(`labs/${name} ${old === undefined ? "is missing" : edited ? "was edited" : "is stale"}`);
    } else if (edited && !options.force) {
      said.push(
        `labs/${name} was edited and is kept; lab reset ${name.slice(0, 2)} makes a fresh one (with a copy)`,
      );
    } else {
      const copy = edited ? backUp(root, name, old) : undefined;
      writeWhole(file, fresh);
      const kept = copy === undefined ? "" : `; the old one is ${copy}`;
      said.push(`labs/${name} was ${old === undefined ? "made" : "made anew"}${kept}`);
    }
  }
  return said;
}

/**
 * Gives back one function of labs/<topic>.ts as it was shipped, keeps all others, and says what it did. The file as
 * it was is kept in .lab/kept. Throws a RangeError where the file does not compile.
 */
export function resetFunction(root: string, topic: string, fn: string): string {
  const name = `${topic}.ts`;
  const file = path.join(root, "labs", name);
  const fresh = makeLab(name, read(path.join(root, "solutions", name)));
  const old = existsSync(file) ? read(file) : undefined;
  const reset = old === undefined ? fresh : withShipped(old, fresh, fn, `labs/${name}`);
  if (reset === old) return `${fn} in labs/${name} is as shipped already`;
  const copy = old === undefined ? undefined : backUp(root, name, old);
  writeWhole(file, reset);
  return `${fn} in labs/${name} is as shipped${copy === undefined ? "" : `; the old file is ${copy}`}`;
}

/** True when the text is no longer what was generated (or never was generated). */
export function isEdited(lab: string): boolean {
  const head = HEAD_PATTERN.exec(lab);
  return head === null || hash(lab.slice(head[0].length)) !== head[1];
}

/** The lab behind a solutions file: each marked part becomes a TODO line and a throw that names the function. */
export function makeLab(name: string, solutions: string): string {
  const out: string[] = [];
  let fn = "";
  let inside = false;
  solutions.split("\n").forEach((line, i) => {
    const broken = (what: string): Error => new Error(`solutions/${name}, line ${i + 1}: ${what}`);
    const declared = /^export function (\w+)/.exec(line);
    if (declared !== null) fn = declared[1]!;
    const begin = /^(\s*)\/\/ BEGIN SOLUTION(?: (.+))?$/.exec(line);
    const end = /^\s*\/\/ END SOLUTION$/.test(line);
    if (begin !== null) {
      if (inside) throw broken("BEGIN SOLUTION inside a solution");
      if (fn === "") throw broken("BEGIN SOLUTION outside an exported function");
      if (begin[2] === undefined) throw broken("BEGIN SOLUTION needs a few words on what is to do");
      inside = true;
      out.push(
        `${begin[1]}// TODO: ${begin[2]}`,
        `${begin[1]}throw new Error("Not implemented yet: ${fn}");`,
      );
    } else if (end) {
      if (!inside) throw broken("END SOLUTION without its beginning");
      inside = false;
    } else if (/(BEGIN|END) SOLUTION/.test(line)) {
      throw broken("a marker stands alone on its line");
    } else if (!inside) {
      out.push(line);
    }
  });
  if (inside) throw new Error(`solutions/${name}: a BEGIN SOLUTION has no END SOLUTION`);
  const body = out.join("\n");
  const head = HEAD.replace("NAME", name).replace("LAB", name.slice(0, 2)).replace("HASH", hash(body));
  return head + body;
}

const read = (file: string): string => readFileSync(file, "utf8").replace(/\r\n/g, "\n");

/** Keeps the learner's text under the first free name, .lab/kept/01-tokenization-1.ts, -2, ... */
function backUp(root: string, name: string, text: string): string {
  for (let i = 1; ; i++) {
    const copy = path.join(".lab", "kept", name.replace(/\.ts$/, `-${i}.ts`));
    if (existsSync(path.join(root, copy))) continue;
    writeWhole(path.join(root, copy), text);
    return copy;
  }
}
