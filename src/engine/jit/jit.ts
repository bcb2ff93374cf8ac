import { isRng } from "../rng";
import { tf } from "../tf";
import { isRecord } from "../nested";
import { canCompile } from "../xla";
import { traceFunction } from "./compile";
import { JitError } from "./errors";
import { tapeIsOn } from "./loops";
import { makeProgram } from "./program";
import type { Program } from "./program";
import { lowered } from "./lowered";
import type { Lowered } from "./lowered";
import { tracing } from "./trace";
import type { Precision } from "./trace";

export interface JitOptions {
  /** For errors and for the module; without it the function's own name. */
  readonly name?: string;
  /**
   * What products of matrices (tf.matMul) take: "f32", or "bf16" for operands with 8 bits of mantissa and sums in f32.
   * bf16 is up to twice as fast on processors and cards that have it (AVX512_BF16, AMX), and slower on others.
   */
  readonly precision?: Precision;
  /** How many programs are kept, one for each combination of shapes; the one unused for longest goes first. */
  readonly limit?: number;
}

export interface CacheInfo {
  /** Calls that found their program, and calls that had to trace. */
  readonly hits: number;
  readonly misses: number;
  readonly size: number;
  readonly limit: number;
}

/** A compiled function: called like the function itself. */
export interface Jitted<Args extends unknown[], Result> {
  (...args: Args): Result;
  /** The program for these arguments, which is traced but not run. @throws JitError where the engine has no XLA */
  lower(...args: Args): Lowered;
  cacheInfo(): CacheInfo;
  /** Forgets all programs and frees what they own. The function can be called again. */
  dispose(): void;
}

/**
 * Compiles a function of tensors: written in tfjs, gradients and optimizer included, it is traced once for each
 * combination of shapes, types and static arguments, and then runs as one XLA program.
 *
 * ```ts
 * const step = jit((w: tf.Tensor, x: tf.Tensor) => tf.grad((v) => tf.sum(tf.matMul(x, v)))(w));
 * const dw = step(w, x); // traced and compiled here; a second call only runs
 * ```
 *
 * Arguments and results are tensors in arrays and plain records of any depth. Tensors and variables that the function
 * refers to are read at each call; variables that it assigns are assigned at each call. What else is in the arguments
 * (numbers, strings, booleans) is part of the program, so a number that changes at each call belongs into a tensor.
 * Generators (`Rng`) draw the same numbers as without jit and move on from call to call. All else that the function
 * does in JavaScript (printing, counting) happens while it is traced only. The programs live in what `jit` gives: keep
 * it, and do not call `jit` anew for each call.
 *
 * Where the engine has no XLA, and inside a gradient or another compiled function, it simply calls `fn`.
 * @throws JitError at the first call where `fn` reads values, makes a shape depend on values, keeps a tensor, or uses
 * a kernel without a rule; the message has the line and the cure
 */
export function jit<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  options: JitOptions = {},
): Jitted<Args, Result> {
  const { name = fn.name || "fn", precision = "f32", limit = 64 } = options;
  if (precision !== "f32" && precision !== "bf16")
    throw new RangeError(`precision must be "f32" or "bf16", got ${String(precision)}`);
  if (!Number.isInteger(limit) || limit < 1)
    throw new RangeError(`limit must be a whole number from 1 on, got ${limit}`);
  // A Map lists its keys in the order of insertion: the first one was unused for longest.
  const programs = new Map<string, Program>();
  let hits = 0;
  let misses = 0;
  let unkept = 0;

  const programFor = (key: string, args: Args): Program => {
    const known = programs.get(key);
    if (known) {
      hits++;
      programs.delete(key);
      programs.set(key, known);
      return known;
    }
    misses++;
    if (misses === 16) {
      warn(
        name,
        `16 programs were traced so far (${limit} are kept). If a number in the arguments changes at each call, ` +
          "pass it as tf.scalar(number): it is then an input of one program.",
      );
    }
    const program = makeProgram(traceFunction(name, precision, fn as (...args: never[]) => unknown, args));
    if (program.traced.once) {
      if (++unkept === 3) warn(name, "the function makes variables at each call, so no program can be kept.");
      return program;
    }
    programs.set(key, program);
    if (programs.size > limit) {
      const [oldest, unused] = programs.entries().next().value as [string, Program];
      programs.delete(oldest);
      unused.dispose();
    }
    return program;
  };

  const jitted = (...args: Args): Result => {
    // Under a gradient, XLA's program would be a hole in the tape.
    if (tracing() || !canCompile() || tapeIsOn()) return fn(...args);
    const leaves: unknown[] = [];
    const key = signature(name, args, leaves);
    const program = programFor(key, args);
    const result = program.run(leaves) as Result;
    if (program.traced.once) program.dispose();
    return result;
  };

  return Object.assign(jitted, {
    lower(...args: Args): Lowered {
      if (!canCompile()) {
        throw new JitError(
          `jit(${name}): the engine in use (${tf.getBackend()}) does not compile, so there is no program to show. ` +
            "Cure: the engine tensorflow, see `npx lab doctor`",
        );
      }
      return lowered(programFor(signature(name, args, []), args).traced);
    },
    cacheInfo: (): CacheInfo => ({ hits, misses, size: programs.size, limit }),
    dispose(): void {
      for (const program of programs.values()) program.dispose();
      programs.clear();
    },
  });
}

const deepest = 64;
const functionIds = new WeakMap<object, number>();
let functions = 0;

/**
 * What a program depends on: the nesting of the arguments, shapes and types of tensors, and the value of all else.
 * Also collects the leaves, in the order of `flatten`.
 */
function signature(name: string, value: unknown, leaves: unknown[], depth = 0): string {
  if (depth > deepest)
    throw new JitError(
      `jit(${name}): the arguments are nested more than ${deepest} deep. Does one contain itself?`,
    );
  if (Array.isArray(value))
    return `[${value.map((each) => signature(name, each, leaves, depth + 1)).join()}]`;
  if (value instanceof tf.Tensor) {
    leaves.push(value);
    // Two arguments may be one variable: what is assigned to it through the one is seen through the other.
    const variable = value instanceof tf.Variable ? `@${leaves.indexOf(value)}` : "";
    return `${value.dtype}${variable}(${value.shape.join()})`;
  }
  if (isRng(value)) {
    leaves.push(value);
    return `rng@${leaves.indexOf(value)}`;
  }
  if (isRecord(value)) {
    return `{${Object.keys(value)
      .map((key) => `${JSON.stringify(key)}:${signature(name, value[key], leaves, depth + 1)}`)
      .join()}}`;
  }
  leaves.push(value);
  if (typeof value === "function") {
    if (!functionIds.has(value)) functionIds.set(value, functions++);
    return `function ${functionIds.get(value)}`;
  }
  if (value === null || typeof value !== "object")
    return typeof value === "string"
      ? JSON.stringify(value)
      : `${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}`;
  throw new JitError(
    `jit(${name}): an argument holds a ${value.constructor?.name ?? "strange object"}. Cure: pass tensors, numbers, ` +
      "strings, booleans, generators, or arrays and plain records of them",
  );
}

function warn(name: string, what: string): void {
  console.warn(`jit(${name}): ${what}`);
}
