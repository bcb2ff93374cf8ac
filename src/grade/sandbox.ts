import { randomBytes } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { faultOf, LearnerFault, type Learner, type Run } from "../lab/checks/learner";
import type { PlainTensor } from "../lab/checks/plain";
import { decodeValue, encodeValue } from "../lab/checks/values";
import { CHILD_FILE } from "./bundle";
import type { ChildProgram } from "./child-program";
import { nodeLauncher, type Launcher } from "./isolation";
import { startProcess, type ChildProcess } from "./process";

export interface Limits {
  /** Wall-clock seconds for one call of a learner's function. */
  readonly callSeconds: number;
  /** Wall-clock seconds for starting Node and reading the lab's file; far more than it needs, as a machine may be busy. */
  readonly loadSeconds: number;
  /** Wall-clock seconds for everything together. */
  readonly labSeconds: number;
  /** Megabytes of JavaScript heap. */
  readonly heapMb: number;
  /** Megabytes outside the JavaScript heap (typed arrays), in addition to the heap. */
  readonly extraMb: number;
}

export const DEFAULT_LIMITS: Limits = {
  callSeconds: 5,
  loadSeconds: 15,
  labSeconds: 120,
  heapMb: 256,
  extraMb: 768,
};

export interface Sandbox {
  /** The learner's function of this name, run in the child process. */
  learner(fn: string): Learner;
  /** The end of what the learner's code printed since the last call of `output`. */
  output(): string;
  /** Ends the process; the next call starts a fresh one, so that nothing one exercise broke reaches the next. */
  renew(): Promise<void>;
  /** Ends the process and removes its folder. */
  close(): Promise<void>;
}

/**
 * A place to run one lab's compiled `code`. A process is started at the first call, serves call after call, and is
 * replaced by a fresh one after it was killed or has ended, so that one bad exercise costs no other its points.
 */
export function openSandbox(
  child: ChildProgram,
  code: string,
  name: string,
  limits: Limits,
  launcher: Launcher = nodeLauncher,
): Sandbox {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "lab-grade-")));
  const childFile = path.join(folder, CHILD_FILE);
  const labFile = path.join(folder, name.replace(/\.ts$/, ".cjs"));
  writeFileSync(childFile, child.start);
  writeFileSync(labFile, code);
  const deadline = Date.now() + 1000 * limits.labSeconds;
  let running: ChildProcess | undefined;
  /** A function of the learner's was called in the running process. */
  let used = false;
  let printed = "";
  /** A file that could not be loaded once is not loaded again for each check. */
  let unloadable: LearnerFault | undefined;

  const leave = (): void => {
    running?.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", leave);

  /** Waits for one line; every way in which none comes ends the process and is a LearnerFault. */
  const answer = async (from: ChildProcess, ms: number): Promise<Answer> => {
    const left = deadline - Date.now();
    const reply = left <= 0 ? ({ kind: "late" } as const) : await from.next(Math.min(ms, left));
    const read = reply.kind === "line" ? Answer.safeParse(reply.value) : undefined;
    if (read?.success) return read.data;
    running = undefined;
    await from.kill();
    printed += from.printed();
    if (reply.kind === "late") {
      const all =
        left <= ms ? `the lab's ${limits.labSeconds} s were used up` : `did not end within ${ms / 1000} s`;
      throw new LearnerFault("timeout", all);
    }
    if (reply.kind === "line") throw new LearnerFault("crash", FORGED);
    throw new LearnerFault(reply.kind, reply.why);
  };

  const start = async (): Promise<ChildProcess> => {
    if (unloadable !== undefined) throw unloadable;
    if (running !== undefined) return running;
    const token = randomBytes(24).toString("hex");
    running = startProcess({
      file: childFile,
      folder,
      readable: [child.folder],
      launcher,
      token,
      heapMb: limits.heapMb,
      extraMb: limits.extraMb,
      cpuSeconds: limits.labSeconds,
    });
    const own = running;
    own.send(JSON.stringify({ token, lab: labFile }));
    try {
      const reply = await answer(own, 1000 * limits.loadSeconds);
      if ("load" in reply) {
        running = undefined;
        await own.kill();
        printed += own.printed();
        throw faultOf(reply.load, place(reply.load.stack, name));
      }
      if ("never" in reply) throw new LearnerFault("crash", "ended the process");
      if (!("ready" in reply)) throw new LearnerFault("crash", FORGED);
    } catch (error) {
      if (!(error instanceof LearnerFault)) throw error;
      unloadable = new LearnerFault(error.kind, `while ${name} was loaded, the code ${error.message}`);
      throw unloadable;
    }
    return own;
  };

  const run = async (fn: string, args: readonly unknown[], dy?: PlainTensor, by?: number): Promise<Run> => {
    if (Date.now() >= deadline) {
      throw new LearnerFault("timeout", `was not run: the lab's ${limits.labSeconds} s were used up`);
    }
    const own = await start();
    own.send(JSON.stringify({ fn, args: encodeValue(args), ...(dy && { dy: encodeValue(dy), by }) }));
    const reply = await answer(own, 1000 * limits.callSeconds);
    if ("missing" in reply) throw new LearnerFault("missing", `${name} exports no function ${fn}.`);
    used = true;
    if ("error" in reply) {
      if (/^Array buffer allocation failed/.test(reply.error.message)) {
        throw new LearnerFault("memory", "asked for more memory than the limit allows");
      }
      throw faultOf(reply.error, place(reply.error.stack, name));
    }
    if ("never" in reply) {
      running = undefined;
      await own.kill();
      throw new LearnerFault("timeout", "gave back a Promise that never settles: nothing is left to run");
    }
    if (!("value" in reply)) throw new LearnerFault("crash", FORGED);
    return readValues(reply);
  };

  return {
    learner: (fn) => ({ fn, run: (args, dy, by) => run(fn, args, dy, by) }),
    output() {
      const text = printed + (running?.printed() ?? "");
      printed = "";
      return text;
    },
    async renew() {
      if (!used) return;
      used = false;
      const own = running;
      running = undefined;
      await own?.kill();
      printed += own?.printed() ?? "";
    },
    async close() {
      process.removeListener("exit", leave);
      await running?.kill();
      leave();
    },
  };
}

const Thrown = z.object({ name: z.string(), message: z.string(), stack: z.string() });

const Value = z.strictObject({
  value: z.string(),
  args: z.string(),
  ms: z.number().nonnegative(),
  leaks: z.record(z.string().max(100), z.number().int().positive()),
  ops: z.array(z.string().max(100)).max(1000),
});

/** What the child may say; see child.ts. Learner code may try to speak in its name, so nothing is taken as given. */
const Answer = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ never: z.literal(true) }),
  z.strictObject({ missing: z.literal(true) }),
  z.strictObject({ load: Thrown }),
  z.strictObject({ error: Thrown }),
  Value,
]);
type Answer = z.infer<typeof Answer>;

const FORGED = "wrote to the grader's own channel, which only the grader's part of the process may do";

function readValues({ value, args, ...rest }: z.infer<typeof Value>): Run {
  try {
    const after = decodeValue(args);
    if (Array.isArray(after)) return { value: decodeValue(value), args: after, ...rest };
  } catch {
    // Falls through: what the child wrote is no value.
  }
  throw new LearnerFault("crash", FORGED);
}

/** The first place of an error's stack that lies in the lab: "01-tokenization.ts:42:7". */
function place(stack: string, name: string): string {
  const at = stack.split("\n").find((line) => line.includes(name));
  const found = at === undefined ? null : /:(\d+):(\d+)\)?\s*$/.exec(at);
  return found === null ? "" : `${name}, line ${found[1]}`;
}
