import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Trained, Trainer } from "./trainer";

/**
 * A contender in a process of its own, which lives as long as the bench: it is started and compiled once, and waits
 * for its next turn. Commands and answers are one JSON object a line; see pytorch.py.
 */
export class Worker {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private errors = "";

  constructor(
    private readonly name: string,
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ) {
    this.child = spawn(command, args, { env: { ...process.env, ...env } });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.errors = (this.errors + text).slice(-4000);
    });
    // A write to a process that is gone is an event of the pipe; `ask` tells of it with what the process said.
    this.child.stdin.on("error", () => undefined);
    this.child.on("error", (error) => (this.errors += error.message));
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  /** @throws Error with what the process said, where it failed or ended */
  async ask<T>(command: object): Promise<T> {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done)
        throw new Error(`${this.name} ended: ${lastLine(this.errors) || `exit code ${this.child.exitCode}`}`);
      // Libraries print what they like; an answer is an object.
      if (!value.startsWith("{")) continue;
      const answer = JSON.parse(value) as T & { readonly error?: string };
      if (answer.error !== undefined) throw new Error(`${this.name}: ${answer.error}`);
      return answer;
    }
  }

  close(): void {
    this.child.stdin.end();
    this.child.kill();
  }
}

/** Loads a worker and gives it as a trainer; a worker that fails is closed. */
export async function workerTrainer(
  name: string,
  worker: Worker,
  load: object,
  comparable = 5,
  tolerance?: number,
): Promise<Trainer> {
  try {
    const { version } = await worker.ask<{ version: string }>({ op: "load", ...load });
    return {
      name: name.replace("$", version),
      comparable,
      ...(tolerance === undefined ? {} : { tolerance }),
      train: (steps) => worker.ask<Trained>({ op: "train", steps }),
      close: () => worker.close(),
    };
  } catch (error) {
    worker.close();
    throw error;
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
