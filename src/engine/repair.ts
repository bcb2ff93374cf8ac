import util from "node:util";

/**
 * What tfjs-node 4.22 needs before it is imported. Node only.
 *
 * Node 23 removed the old type checks of `node:util` (deprecated as DEP0044 to DEP0058), and tfjs-node still
 * calls `isNullOrUndefined` and `isArray` in every op (tfjs issue 8609: mended in its source, never released).
 * Existing functions are left alone, so this does nothing on Node 20 and 22.
 *
 * @returns the names that were missing and are now there.
 */
export function repairUtil(target: object = util): string[] {
  const removed: Record<string, (value: unknown) => boolean> = {
    isArray: Array.isArray,
    isBoolean: (v) => typeof v === "boolean",
    isBuffer: (v) => Buffer.isBuffer(v),
    isFunction: (v) => typeof v === "function",
    isNull: (v) => v === null,
    isNullOrUndefined: (v) => v === null || v === undefined,
    isNumber: (v) => typeof v === "number",
    isObject: (v) => v !== null && typeof v === "object",
    isString: (v) => typeof v === "string",
    isUndefined: (v) => v === undefined,
  };
  const missing = Object.keys(removed).filter((name) => !(name in target));
  for (const name of missing) Reflect.set(target, name, removed[name]);
  return missing;
}

/**
 * TensorFlow's C++ logs (oneDNN, CUDA plug-ins) go to the process' stderr and would flood a notebook: none stay,
 * since what fails is thrown as an error as well, and programs read back from disk (programs.ts) log an error that is
 * none. A level that the user has set is kept. It is read once, so this must run before the library is loaded.
 *
 * The line about oneDNN is written before any level is read (TensorFlow 2.21), and only where oneDNN is on, so it is
 * off unless the user sets TF_ENABLE_ONEDNN_OPTS=1. It makes no difference to XLA (0.98 to 1.02) or to f32 products of
 * 1024 by 1024; with it an eager GPT step was 11 to 15 % faster, batches of small attention products 30 % faster, and a
 * product of 1x576 by 576x1536 39 % slower (two threads, AVX-512).
 */
export function quietTensorflow(env: NodeJS.ProcessEnv = process.env): void {
  env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
  env["TF_ENABLE_ONEDNN_OPTS"] ??= "0";
}

/** Runs `load` without console chatter (banners, "platform already set"); the lines come back for a report. */
export async function withoutBanner<T>(load: () => T | Promise<T>): Promise<{ value: T; lines: string[] }> {
  const lines: string[] = [];
  const names = ["log", "info", "warn"] as const;
  const before = names.map((name) => console[name]);
  for (const name of names) console[name] = (...parts: unknown[]) => void lines.push(util.format(...parts));
  try {
    return { value: await load(), lines };
  } finally {
    names.forEach((name, i) => (console[name] = before[i]!));
  }
}
