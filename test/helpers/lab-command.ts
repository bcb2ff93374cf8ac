import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
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

/** The command `lab` from the sources of the folder that it starts in. */
const fromSources = [
  "--require",
  "tsx/cjs",
  "-e",
  'require("./src/cli").runCommand(process.argv.slice(1))',
  "--",
];

let built = false;

/** The command as users start it: compiled, which loads in half the time. Compiles anew what has changed. */
function compiled(): string {
  if (!built) execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
  built = true;
  return join(root, "tools", "lab.mjs");
}

/** What to start Node with for a command, in the project's folder or in a copy of its sources. */
export const labArguments = (args: readonly string[], cwd = root): string[] =>
  cwd === root ? [compiled(), ...args] : [...fromSources, ...args];

/** Runs the command in a process of its own, as a user runs it, and waits for its end. */
export function runLab(args: readonly string[], { env, cwd = root, input }: RunOptions = {}) {
  return spawnSync(process.execPath, labArguments(args, cwd), {
    cwd,
    input,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

/** Starts the command and does not wait; its output is dropped. */
export function startLab(args: readonly string[], { env, cwd = root }: LabOptions = {}): ChildProcess {
  return spawn(process.execPath, labArguments(args, cwd), {
    cwd,
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
}
