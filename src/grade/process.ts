import { spawn, type ChildProcess as NodeChild } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import os from "node:os";
import type { Duplex, Readable } from "node:stream";
import type { Launcher } from "./isolation";

export interface ProcessOptions {
  /** The program, a CommonJS file in `folder`. */
  readonly file: string;
  /** The only folder that it may read, with those of `readable`. */
  readonly folder: string;
  readonly readable: readonly string[];
  /** What it is started in. */
  readonly launcher: Launcher;
  /** What each of its lines must begin with. */
  readonly token: string;
  readonly heapMb: number;
  readonly extraMb: number;
  readonly cpuSeconds: number;
}

/** What came of waiting for a line. "late" is the caller's limit; the others say what ended the process. */
export type Reply =
  | { readonly kind: "line"; readonly value: object }
  | { readonly kind: "late" }
  | { readonly kind: "crash" | "memory"; readonly why: string };

export interface ChildProcess {
  send(line: string): void;
  /** The next line, parsed. Only one may be waited for at a time. */
  next(ms: number): Promise<Reply>;
  /** Kills the process and all that it started; done when it is gone. */
  kill(): Promise<void>;
  /** The end of what it printed since it was asked last. */
  printed(): string;
}

const MB = 1024 * 1024;
/** Characters shown of what is printed; more are kept, since Node's last words on memory are followed by a trace. */
const TAIL = 2000;
const KEPT = 8 * TAIL;
/** Printing more than this is not debugging any more. */
const MOST_PRINTED = 32 * MB;
/** One answer; values are bounded far below (values.ts). */
const MOST_ANSWER = 128 * MB;
/** What Node 20 maps before it runs a line is 730 MB of address space, 800 with tfjs; a fifth more, to be safe. */
const NODE_MB = 1024;

/** The flags of Node for a learner's process; nodeFlags(256, ["/tmp/x"]). */
export const nodeFlags = (heapMb: number, readable: readonly string[]): string[] => [
  permissionFlag(),
  ...readable.map((folder) => `--allow-fs-read=${folder}/*`),
  `--max-old-space-size=${heapMb}`,
  "--no-warnings",
  "--enable-source-maps",
];

/** Starts Node on `file`: no environment, read access to its folders only, limits on all that it can use up. */
export function startProcess(options: ProcessOptions): ChildProcess {
  const { file, folder, readable, launcher, token, heapMb, extraMb, cpuSeconds } = options;
  const node = [realpathSync(process.execPath), ...nodeFlags(heapMb, [folder, ...readable]), file];
  const [command, args] = launcher.wrap(node, folder, readable, {
    cpuSeconds: cpuSeconds + 5,
    addressMb: NODE_MB + heapMb + extraMb,
  });
  const child = spawn(command, args, {
    cwd: folder,
    env: process.platform === "win32" ? { SystemRoot: process.env["SystemRoot"] } : {},
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    // Its own process group, so that a kill reaches whatever it may have started.
    detached: process.platform !== "win32",
  });
  const channel = child.stdio[3] as Duplex;
  const out = tailOf(child.stdout!);
  const errors = tailOf(child.stderr!);
  const lines: string[] = [];
  let partial: Buffer[] = [];
  let size = 0;
  let ended: Reply | undefined;
  let wake = (): void => undefined;

  const end = (reply: Reply): void => {
    ended ??= reply;
    wake();
  };
  const abort = (kind: "crash" | "memory", why: string): void => {
    end({ kind, why });
    killGroup(child);
  };
  const gone = new Promise<void>((resolve) => {
    child.once("close", (code, signal) => {
      end(lastWords(code, signal, errors.text(), heapMb));
      resolve();
    });
    child.once("error", (error) => {
      end({ kind: "crash", why: `could not be started: ${error.message}` });
      resolve();
    });
  });
  // A broken pipe only means that the process is gone, and `close` tells why.
  channel.on("error", () => undefined);
  channel.on("data", (data: Buffer) => {
    size += data.length;
    if (size > MOST_ANSWER) return abort("crash", "gave back far too much");
    for (let from = 0; ;) {
      const at = data.indexOf(10, from);
      partial.push(data.subarray(from, at < 0 ? undefined : at));
      if (at < 0) return;
      lines.push(Buffer.concat(partial).toString("utf8"));
      [partial, size, from] = [[], 0, at + 1];
      wake();
    }
  });
  const watch = setInterval(() => {
    if (residentMb(child.pid) > heapMb + extraMb)
      abort("memory", `used more than ${heapMb + extraMb} MB of memory`);
    if (out.total() + errors.total() > MOST_PRINTED)
      abort("crash", `printed more than ${MOST_PRINTED / MB} MB`);
  }, 100);
  watch.unref();
  void gone.then(() => clearInterval(watch));

  return {
    send: (line) => {
      channel.write(`${ascii(line)}\n`);
    },
    async next(ms) {
      const late = Date.now() + ms;
      while (lines.length === 0 && ended === undefined) {
        const left = late - Date.now();
        if (left <= 0) return { kind: "late" };
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const line = lines.shift();
      if (line === undefined) return ended ?? { kind: "late" };
      const value = parseLine(line, token);
      if (value !== undefined) return { kind: "line", value };
      return {
        kind: "crash",
        why: "wrote to the grader's own channel; only the grader's part of the process may",
      };
    },
    kill() {
      killGroup(child);
      return gone;
    },
    printed: () => [out.take(), errors.take()].filter((text) => text !== "").join("\n"),
  };
}

/** `--permission` where this Node knows it, its older name elsewhere. */
function permissionFlag(): string {
  return process.allowedNodeEnvironmentFlags.has("--permission")
    ? "--permission"
    : "--experimental-permission";
}

function killGroup(child: NodeChild): void {
  try {
    if (child.pid === undefined) return;
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

const OUT_OF_MEMORY = /out of memory|Array buffer allocation failed|bad_alloc|Cannot allocate memory/i;

function lastWords(code: number | null, own: string | null, errors: string, heapMb: number): Reply {
  if (OUT_OF_MEMORY.test(errors) && code !== 0) {
    return { kind: "memory", why: `ran out of memory (the limit is ${heapMb} MB)` };
  }
  // A launcher tells its process' signal by its exit code, as shells do.
  const signal = own ?? signalOf(code);
  if (signal === "SIGXCPU") return { kind: "crash", why: "used up the processor time of the whole lab" };
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const error = /^(?:Uncaught )?(\w*Error\b.*)$/m.exec(errors)?.[1];
  return {
    kind: "crash",
    why: `ended the process ${how}${error === undefined ? "" : ` (${error.slice(0, 200)})`}`,
  };
}

function signalOf(code: number | null): string | null {
  const number = (code ?? 0) - 128;
  return Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}

/** The line's value when it begins with the token and is an object. */
function parseLine(line: string, token: string): object | undefined {
  if (!line.startsWith(`${token} `)) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(token.length + 1));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a stream to its end, keeping only the last characters. */
function tailOf(stream: Readable): { text(): string; take(): string; total(): number } {
  let text = "";
  let total = 0;
  stream.on("error", () => undefined);
  stream.on("data", (data: Buffer) => {
    total += data.length;
    text = (text + data.subarray(-4 * KEPT).toString("utf8")).slice(-KEPT);
  });
  return {
    text: () => text,
    take() {
      const taken = text.slice(-TAIL);
      text = "";
      return taken;
    },
    total: () => total,
  };
}

/** Megabytes of memory in use by the process and what it started, where the system tells (Linux); else 0. */
function residentMb(pid: number | undefined, depth = 3): number {
  if (process.platform !== "linux" || pid === undefined) return 0;
  try {
    const own = (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096) / MB;
    const children = depth > 0 ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ") : [];
    return children.reduce((sum, id) => sum + (id === "" ? 0 : residentMb(Number(id), depth - 1)), own);
  } catch {
    return 0;
  }
}

const ascii = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
