/** Lines that a person types, or that are piped in, and Ctrl-C while an answer is written. */
import { createInterface } from "node:readline";

export interface Lines {
  /** The next line; undefined at the end (Ctrl-D, or Ctrl-C twice at the prompt). */
  next(): Promise<string | undefined>;
  /** Calls `stop` at the next Ctrl-C, in place of ending the process, while `work` runs. */
  during<T>(stop: () => void, work: () => Promise<T>): Promise<T>;
  close(): void;
}

/** Reads the standard input. On a terminal there is a prompt, a history, and lines typed ahead wait. */
export function openLines(): Lines {
  const terminal = process.stdin.isTTY;
  const reading = createInterface({ input: process.stdin, output: terminal ? process.stderr : undefined, terminal, prompt: "> " }); // prettier-ignore
  const waiting: string[] = [];
  let wake: (() => void) | undefined;
  let closed = false;
  let stop: (() => void) | undefined;
  let warned = false;
  reading.on("line", (line) => {
    waiting.push(line);
    wake?.();
  });
  reading.on("close", () => {
    closed = true;
    wake?.();
  });
  const interrupt = (): void => {
    if (stop) return stop();
    if (!terminal || warned) {
      if (!terminal) process.exitCode = 130;
      return reading.close();
    }
    warned = true;
    process.stderr.write("\n(Ctrl-C again, Ctrl-D or /exit ends the chat)\n");
    reading.prompt();
  };
  reading.on("SIGINT", interrupt); // a terminal in raw mode: Ctrl-C is a key
  process.on("SIGINT", interrupt); // else: a signal

  return {
    async next() {
      if (terminal && waiting.length === 0 && !closed) reading.prompt();
      while (waiting.length === 0 && !closed) await new Promise<void>((resolve) => (wake = resolve));
      warned = false;
      return waiting.shift();
    },
    async during(heard, work) {
      stop = heard;
      try {
        return await work();
      } finally {
        stop = undefined;
      }
    },
    close() {
      process.off("SIGINT", interrupt);
      reading.close();
    },
  };
}
