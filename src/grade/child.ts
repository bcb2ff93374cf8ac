/**
 * The process that runs a learner's code; child-plain.ts and child-tensors.ts start it. It holds no expected value and no check: it is told which function to call
 * with which arguments, and says what came back. `sandbox.ts` bundles it, starts it with few rights, and kills it
 * when it has to.
 *
 * Lines go over file descriptor 3, in plain synchronous writes: no event, stream or `process.send` that learner code
 * could listen to or replace. All built-ins used after the learner's code was loaded are taken before.
 */
import fs from "node:fs";
import { createRequire } from "node:module";
import util from "node:util";
import { enliven, type TensorTools, type Traces } from "../lab/checks/live";
import { decodeValue, encodeValue } from "../lab/checks/values";
import { sealNetwork } from "./seal";

const CHANNEL = 3;
/** A `require` that no bundler follows: the lab's file lies beside this one only when it is run. */
const load = createRequire(__filename);
const { readSync, writeSync } = fs;
const { isNativeError, isPromise, isProxy } = util.types;
const { stringify, parse } = JSON;
const { exit, cpuUsage } = process;
const bufferFrom = Buffer.from;
const latin1 = Function.prototype.call.bind(Buffer.prototype.latin1Slice) as (
  buffer: Buffer,
  start: number,
  end: number,
) => string;
const wait = Atomics.wait;
const cell = new Int32Array(new SharedArrayBuffer(4));

/** What the parent sends. Its text is ASCII, so a chunk can end anywhere. */
interface Call {
  readonly fn: string;
  readonly args: string;
  /** Asks for the gradient instead of the value; see Learner.run. */
  readonly dy?: string;
  readonly by?: number;
}

const chunk = Buffer.alloc(65536);
let [start, end] = [0, 0];

/** The next line, or undefined when the parent is gone. */
function readLine(): string | undefined {
  let line = "";
  for (;;) {
    for (let i = start; i < end; i++) {
      if (chunk[i] !== 10) continue;
      line += latin1(chunk, start, i);
      start = i + 1;
      return line;
    }
    line += latin1(chunk, start, end);
    start = 0;
    end = patiently(() => readSync(CHANNEL, chunk, 0, 65536, null));
    if (end === 0) return undefined;
  }
}

function writeLine(line: string): void {
  writeAll(CHANNEL, bufferFrom(`${token} ${line}\n`, "utf8"));
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += patiently(() => writeSync(file, bytes, at));
}

/** What is printed goes out at once: this process never idles between calls, so a stream would only pile it up. */
function printAtOnce(stream: NodeJS.WriteStream, file: number): void {
  stream.write = (data: string | Uint8Array): boolean => {
    writeAll(file, typeof data === "string" ? bufferFrom(data, "utf8") : data);
    return true;
  };
}

/** Tries again where the channel is not ready. */
function patiently(io: () => number): number {
  for (;;) {
    try {
      return io();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      wait(cell, 0, 0, 2);
    }
  }
}

/** An error's name, message and stack as short texts, whatever was thrown. */
function describeError(error: unknown): string {
  const text = (get: () => unknown, most: number): string => {
    try {
      const value = get();
      let short = "";
      for (let i = 0; typeof value === "string" && i < value.length && i < most; i++) short += value[i]!;
      return short;
    } catch {
      return "";
    }
  };
  const thrown = isNativeError(error) ? error : undefined;
  const name = thrown === undefined ? "a value that is no Error" : text(() => thrown.name, 100);
  const message = text(() => (thrown === undefined ? error : thrown.message), 2000);
  return `{"name":${stringify(name)},"message":${stringify(message)},"stack":${stringify(
    text(() => thrown?.stack, 4000),
  )}}`;
}

/** Signals to other processes, native code and the like: nothing a lab needs, and the parent runs as the same user. */
function dropRights(): void {
  const names = ["kill", "_kill", "_debugProcess", "_debugEnd", "dlopen", "binding", "_linkedBinding"];
  for (const name of names) {
    const value = (): never => {
      throw new Error(`process.${name} is not there in a graded lab`);
    };
    Object.defineProperty(process, name, { value, writable: false, configurable: false });
  }
}

type Fn = (...args: unknown[]) => unknown;

/** One call, from the arguments' text to the answer's. */
async function answerTo(learner: Fn, { args: text, dy, by = 0 }: Call, tools?: TensorTools): Promise<string> {
  const close = tools?.open();
  try {
    const { args, still } = enliven(decodeValue(text) as unknown[], tools);
    const before = cpuUsage();
    const weights = dy === undefined ? undefined : enliven([decodeValue(dy)], tools).args[0];
    let done: Traces & { readonly value: unknown };
    if (tools === undefined) done = { value: learner(...args) };
    else if (weights === undefined) done = await tools.watch(() => learner(...args));
    else done = await tools.watch(() => tools.gradient(learner, args, weights, by));
    const value = isPromise(done.value) ? ((await done.value) as unknown) : done.value;
    const { user, system } = cpuUsage(before);
    const plain = (each: unknown): string => stringify(encodeValue(each, isProxy, still));
    return (
      `{"value":${plain(value)},"args":${plain(args)},"ms":${(user + system) / 1000},` +
      `"leaks":${stringify(done.leaks ?? {})},"ops":${stringify(done.ops ?? [])}}`
    );
  } finally {
    close?.();
  }
}

async function serve(lab: string, tools?: TensorTools): Promise<void> {
  // Nothing is left to run, and yet no answer: the learner's Promise waits for ever.
  process.once("beforeExit", () => {
    writeLine('{"never":true}');
    exit(1);
  });
  const exported = load(lab) as Readonly<Record<string, unknown>>;
  writeLine('{"ready":true}');
  for (;;) {
    const line = readLine();
    if (line === undefined) return exit(0);
    const call = parse(line) as Call;
    let answer: string;
    try {
      const learner = exported[call.fn];
      if (typeof learner === "function") answer = await answerTo(learner as Fn, call, tools);
      else answer = '{"missing":true}';
    } catch (error) {
      answer = `{"error":${describeError(error)}}`;
    }
    writeLine(answer);
  }
}

let token = "";

/** Waits for the greeting, reads the lab, and serves calls until the parent is gone. */
export function startChild(tools?: TensorTools): void {
  const greeting = parse(readLine() ?? exit(0)) as { token: string; lab: string };
  token = greeting.token;
  // A shell on the way here may have set PWD and the like.
  for (const name of Object.keys(process.env)) delete process.env[name];
  dropRights();
  sealNetwork();
  printAtOnce(process.stdout, 1);
  printAtOnce(process.stderr, 2);
  serve(greeting.lab, tools).catch((error: unknown) => {
    writeLine(`{"load":${describeError(error)}}`);
    exit(1);
  });
}
