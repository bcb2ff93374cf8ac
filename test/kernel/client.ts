import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";

export const root = resolve(__dirname, "..", "..");

/** One output message of a cell, as the kernel sent it. */
export interface Output {
  readonly type: string;
  readonly name?: string;
  readonly text?: string;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly transient?: { readonly display_id?: string };
  readonly code?: string;
}

export interface CellResult {
  readonly reply: {
    readonly status: string;
    readonly execution_count?: number;
    readonly ename?: string;
  } | null;
  readonly outputs: readonly Output[];
  readonly timed_out: boolean;
  readonly seconds: number;
}

/** A real kernel `lab`, driven over Jupyter's own client (driver.py). Close it after use. */
export class KernelClient {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  private constructor(env: NodeJS.ProcessEnv) {
    const python = join(root, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
    if (!existsSync(python)) throw new Error("no .venv: run `npm run setup` first");
    this.child = spawn(python, [join(__dirname, "driver.py")], {
      env: { ...process.env, ...env },
      cwd: tmpdir(), // not the project: the kernel has to find it
    });
    this.child.stderr.pipe(process.stderr);
    this.reader = createInterface({ input: this.child.stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  static async start(env: NodeJS.ProcessEnv = {}): Promise<KernelClient> {
    const client = new KernelClient(env);
    await client.answer();
    return client;
  }

  run(code: string, options: { timeout?: number; interrupt_after?: number; stop_on_error?: boolean } = {}) {
    return this.ask<CellResult>({ do: "run", code, ...options });
  }

  runAll(codes: readonly string[]) {
    return this.ask<CellResult[]>({ do: "run_all", codes });
  }

  request<T>(type: string, content: object) {
    return this.ask<T>({ do: "ask", type, content });
  }

  alive() {
    return this.ask<{ alive: boolean; pid: number }>({ do: "alive" });
  }

  /** Ends driver and kernel, gently. */
  async close(): Promise<void> {
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.stdin.end();
    await ended;
  }

  /** Ends the driver as a crash would: nobody tells the kernel. */
  crash(): void {
    this.child.kill("SIGKILL");
  }

  private async ask<T>(command: object): Promise<T> {
    this.child.stdin.write(JSON.stringify(command) + "\n");
    return (await this.answer()) as T;
  }

  private async answer(): Promise<unknown> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the kernel driver ended; its message is above");
    return JSON.parse(value);
  }
}

/** The text of a cell's streams, results and displays, in order. */
export function textOf(result: CellResult): string {
  return result.outputs.map((o) => o.text ?? (o.data?.["text/plain"] as string | undefined) ?? "").join("");
}

export function errorOf(result: CellResult): Output | undefined {
  return result.outputs.find((output) => output.type === "error");
}
