/**
 * What a function did that a compiled program cannot do. The message ends with the user's own line, and the stack
 * begins there: between it and the place that found out lie a dozen frames of tfjs and of the library.
 */
export class JitError extends Error {
  override readonly name = "JitError";

  constructor(message: string) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 100;
    super(message);
    Error.stackTraceLimit = limit;
    const frames = (this.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
    const first = frames.findIndex(isUsers);
    if (first < 0) return;
    const place = /([^/\\( ]+:\d+):\d+\)?$/.exec(frames[first] as string)?.[1];
    if (place) this.message += ` [${place}]`;
    this.stack = [`JitError: ${this.message}`, ...frames.slice(first)].join("\n");
  }
}

// This file lies in LIBRARY/engine/jit.
const library = typeof __dirname === "string" ? __dirname.replace(/[/\\]engine[/\\]jit$/, "") : undefined;

function isUsers(frame: string): boolean {
  // tfjs' source maps, where Node reads them, name its files tfjs-core/src/...
  if (/@tensorflow|tfjs-\w+[/\\]src|[( ]node:|<anonymous>\)?$/.test(frame)) return false;
  return library === undefined || !frame.includes(library);
}
