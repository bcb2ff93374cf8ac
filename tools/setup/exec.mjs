/** Run a program, keep its output: whole in the log, the last lines for the error message, each line for the spinner. */
import { spawn } from "node:child_process";
import fs from "node:fs";

const tailLines = 60;

/** A program that ended badly, with what it last said. */
export class CommandError extends Error {
  /**
   * @param {string} command what was run
   * @param {number | string} code its exit code, the signal that ended it, or the errno of a start that failed
   * @param {string} output the last lines of its output
   */
  constructor(command, code, output) {
    super(`${command} ended with ${code}`);
    this.name = "CommandError";
    this.command = command;
    this.code = code;
    this.output = output;
  }
}

/**
 * Runs a program to its end.
 * @param {string} file the program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, log?: string, onLine?: (line: string) => void,
 *           timeout?: number }} [options] `log`: a file that gets the whole output; `timeout`: milliseconds
 * @returns {Promise<{ stdout: string, output: string }>} standard output, and the last lines of both streams
 * @throws CommandError when the program cannot be started or its exit code is not 0
 */
export function exec(file, args, options = {}) {
  const { cwd, env = process.env, log, onLine, timeout } = options;
  const label = [file.split(/[\\/]/).pop(), ...args].join(" ");
  if (log) fs.appendFileSync(log, `\n$ ${file} ${args.join(" ")}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    // Not spawn's own `timeout`: its timer goes on when a program could not be started, and holds this process.
    const timer = timeout && setTimeout(() => end("a time limit of " + timeout / 1000 + " s"), timeout);
    const end = (why) => {
      child.kill("SIGKILL");
      // What the program itself started may still hold the pipes.
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      reject(new CommandError(label, why, tail.join("\n")));
    };
    const tail = [];
    let stdout = "";
    const listen = (stream, keep) => {
      let rest = "";
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        if (keep) stdout += text;
        if (log) appendQuietly(log, text);
        const lines = (rest + text).split(/\r\n|\n|\r/);
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (!line.trim()) continue;
          tail.push(line);
          if (tail.length > tailLines) tail.shift();
          onLine?.(line.trim());
        }
      });
      stream.on("end", () => {
        if (rest.trim()) tail.push(rest);
      });
    };
    listen(child.stdout, true);
    listen(child.stderr, false);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new CommandError(label, error.code ?? error.message, tail.join("\n")));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const output = tail.join("\n");
      if (code === 0) resolve({ stdout, output });
      else reject(new CommandError(label, code ?? signal ?? "no exit code", output));
    });
  });
}

/** A log that cannot be written (a full disk) must not hide the error that the step itself will report. */
function appendQuietly(file, text) {
  try {
    fs.appendFileSync(file, text);
  } catch {
    // The step's own message says what is wrong.
  }
}

/**
 * The standard output of a short command, or undefined where it is not there or fails.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function ask(file, args, env) {
  try {
    return (await exec(file, args, { env, timeout: 60_000 })).stdout.trim();
  } catch {
    return undefined;
  }
}
