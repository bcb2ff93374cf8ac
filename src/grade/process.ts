import { spawn, type ChildProcess as NodeChild } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Duplex, Readable } from "node:stream";

export interface ProcessOptions {
  /** The program, a CommonJS file in `folder`. */
  readonly file: string;
  /** The only folder that it may read. */
  readonly folder: string;
  /** What each of its lines must begin with. */
  readonly token: string;
  readonly heapMb: number;
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
/** Memory outside the JavaScript heap (typed arrays), in addition to the heap. */
const EXTRA_MB = 768;

/** Starts Node on `file`: no environment, read access to its folder only, limits on heap and processor time. */
export function startProcess({ file, folder, token, heapMb, cpuSeconds }: ProcessOptions): ChildProcess {
  const flags = [permissionFlag(), `--allow-fs-read=${folder}/*`, `--max-old-space-size=${heapMb}`];
  const [command, args] = withCpuLimit(Math.ceil(cpuSeconds) + 5, [
    process.execPath,
    ...flags,
    "--no-warnings",
    "--enable-source-maps",
    file,
  ]);
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
    if (residentMb(child.pid) > heapMb + EXTRA_MB)
      abort("memory", `used more than ${heapMb + EXTRA_MB} MB of memory`);
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

/** A second line of defence: the system ends the process even if this one has been killed meanwhile. */
function withCpuLimit(seconds: number, command: readonly string[]): [string, string[]] {
  if (process.platform === "win32") return [command[0]!, command.slice(1)];
  return ["/bin/sh", ["-c", `ulimit -t ${seconds}; ulimit -c 0; exec "$@"`, "sh", ...command]];
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

function lastWords(code: number | null, signal: string | null, errors: string, heapMb: number): Reply {
  if (/out of memory|Array buffer allocation failed/i.test(errors) && code !== 0) {
    return { kind: "memory", why: `ran out of memory (the limit is ${heapMb} MB)` };
  }
  if (signal === "SIGXCPU") return { kind: "crash", why: "used up the processor time of the whole lab" };
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const error = /^(?:Uncaught )?(\w*Error\b.*)$/m.exec(errors)?.[1];
  return {
    kind: "crash",
    why: `ended the process ${how}${error === undefined ? "" : ` (${error.slice(0, 200)})`}`,
  };
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

/** Megabytes of memory in use, where the system tells (Linux); else 0. */
function residentMb(pid: number | undefined): number {
  if (process.platform !== "linux" || pid === undefined) return 0;
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096) / MB;
  } catch {
    return 0;
  }
}

const ascii = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
