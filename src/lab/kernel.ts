/**
 * What the Jupyter kernel `lab` (tools/kernel.cjs) puts on globalThis for the library. Everything is optional:
 * in a plain Node program, a test or a browser none of it is there.
 */
export interface KernelHooks {
  /** Sends one output: a bundle of MIME types. With `id` it can be replaced later by `update: true`. */
  labDisplay?: (data: Bundle, options?: { id?: string; update?: boolean }) => void;
  /** How many interrupts (the stop button) the kernel has had. */
  labInterrupts?: number;
  /** The same number as it was when the running cell started. */
  labInterruptsAtStart?: number;
}

/** One output in several forms, by MIME type; the front end takes the richest that it can draw. */
export type Bundle = Readonly<Record<string, unknown>>;

export const kernel: KernelHooks = globalThis as typeof globalThis & KernelHooks;

/** Is there a notebook to draw in? */
export function inNotebook(): boolean {
  return typeof kernel.labDisplay === "function";
}

/** Standard output of a terminal, or undefined: in a notebook, a pipe or a browser. */
export function terminal(): NodeJS.WriteStream | undefined {
  return !inNotebook() && typeof process !== "undefined" && process.stdout?.isTTY
    ? process.stdout
    : undefined;
}
