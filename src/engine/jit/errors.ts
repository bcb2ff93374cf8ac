/**
 * What a function did that a compiled program cannot do. The message ends with the user's own line, and the stack
 * has the user's lines only: between them and the place that found out lie a dozen of tfjs and of the library.
 */
export class JitError extends Error {
  override readonly name = "JitError";

  constructor(message: string) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 100;
    super(message);
    Error.stackTraceLimit = limit;
    const frames = (this.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
    const [frame, ...callers] = frames.filter(isUsers);
    if (frame === undefined) return;
    // The notebook's kernel writes places as "cell [2], line 3", Node as "folder/file.ts:3:5".
    const place = /(?:\(|at )([^()]+, line \d+)\)?$/.exec(frame) ?? /([^/\\( ]+:\d+):\d+\)?$/.exec(frame);
    if (place) this.message += ` [${place[1]}]`;
    this.stack = [`JitError: ${this.message}`, frame, ...callers].join("\n");
  }
}

// This file lies in LIBRARY/engine/jit.
const library = typeof __dirname === "string" ? __dirname.replace(/[/\\]engine[/\\]jit$/, "") : undefined;

function isUsers(frame: string): boolean {
  // tfjs' source maps, where Node reads them, name its files tfjs-core/src/...; the kernel names ours src/engine/...
  if (/@tensorflow|tfjs-\w+[/\\]src|[( ](node:|src[/\\])|<anonymous>\)?$/.test(frame)) return false;
  return library === undefined || !frame.includes(library);
}
