import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

export interface LabOptions {
  /** Variables besides those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** The project's folder, or a copy of it that has `src` and `node_modules`. */
  readonly cwd?: string;
}

export interface RunOptions extends LabOptions {
  /** What comes on its standard input. */
  readonly input?: string;
}

/** What Node is started with for the command `lab` from the sources of the folder that it starts in. */
const program = 'require("./src/cli").makeProgram().parseAsync(["node", "lab", ...process.argv.slice(1)])';
const nodeArgs = ["--require", "tsx/cjs", "-e", program, "--"];

/** What to start Node with for a command. */
export const labArguments = (args: readonly string[]): string[] => [...nodeArgs, ...args];

/** Runs the command in a process of its own, as a user runs it, and waits for its end. */
export function runLab(args: readonly string[], { env, cwd = root, input }: RunOptions = {}) {
  return spawnSync(process.execPath, labArguments(args), {
    cwd,
    input,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

/** Starts the command and does not wait; its output is dropped. */
export function startLab(args: readonly string[], { env, cwd = root }: LabOptions = {}): ChildProcess {
  return spawn(process.execPath, labArguments(args), {
    cwd,
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
}
