import { listen } from "../leaks";
import { isRng } from "../rng";
import type { Rng } from "../rng";
import { tf } from "../tf";
import { flatten } from "../nested";
import { input, isTraced, leaked, tensorOf, valueOf, withTrace } from "./backend";
import { JitError } from "./errors";
import { typeOf } from "./hlo";
import { planRngs, random, randomInput, withRows } from "./random";
import type { RngPlan } from "./random";
import { newTrace } from "./trace";
import type { Block, Input, Precision, Trace, Value } from "./trace";

/** Where a tensor of the result, or the new value of a variable, comes from. */
export type Origin =
  | { readonly from: "output"; readonly index: number }
  /** An input that goes through unchanged: its data is shared, not copied. */
  | { readonly from: "input"; readonly index: number };

/** A leaf of the result. */
export type Returned =
  | { readonly kind: "made"; readonly origin: Origin }
  | { readonly kind: "argument"; readonly leaf: number }
  /** A tensor from outside, or no tensor at all: the same at every call. */
  | { readonly kind: "fixed"; readonly value: unknown };

/** Which variable a new value goes to: one that is an argument, or one that the function refers to. */
export interface Assignment {
  readonly target: { readonly leaf: number } | { readonly variable: tf.Variable };
  readonly origin: Origin;
}

/** What a function does with arguments of given shapes, written down. */
export interface Traced {
  readonly name: string;
  readonly text: string;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Value[];
  readonly returned: readonly Returned[];
  readonly rebuild: (leaves: readonly unknown[]) => unknown;
  readonly assignments: readonly Assignment[];
  readonly rngs: readonly RngPlan[];
  readonly kernels: readonly string[];
  /** The function made variables (an optimizer's first step does): the next call will do other work. */
  readonly once: boolean;
}

/**
 * Runs `fn` once on tensors without values and writes down, as StableHLO, what its kernels would compute. Nothing
 * that it does to tensors lasts: variables have their values again afterwards.
 * @throws JitError where the function needs values, leaves a tensor behind, or is async; and what `fn` throws
 */
export function traceFunction(
  name: string,
  precision: Precision,
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
): Traced {
  const trace = newTrace(name, precision, random);
  const registered = tf.engine().registeredVariables as Readonly<Record<string, tf.Variable>>;
  // A clone shares its variable's data, so an assignment in the trace cannot free it.
  const before = new Map(Object.values(registered).map((variable) => [variable, variable.clone()]));
  const made: tf.Tensor[] = [];
  const stop = listen((tensor) => made.push(tensor as tf.Tensor));
  let failed = true;
  try {
    const traced = withTrace(trace, () => {
      let result: Traced | undefined;
      tf.tidy(() => {
        result = record(trace, fn, args, before);
      });
      refuseKept(name, made);
      return result as Traced;
    });
    failed = false;
    return traced;
  } finally {
    stop();
    for (const [variable, clone] of before) {
      if (!variable.isDisposed && variable.dataId !== clone.dataId) variable.assign(clone);
      clone.dispose();
    }
    if (failed) {
      for (const { source } of trace.inputs) if (source.from === "constant") source.tensor.dispose();
      for (const variable of Object.values(registered)) if (!before.has(variable)) variable.dispose();
    }
    bury(name, made);
  }
}

function record(
  trace: Trace,
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
  before: ReadonlyMap<tf.Variable, tf.Tensor>,
): Traced {
  const { name } = trace;
  const flat = flatten(args, isRng);
  const places = new Map<unknown, number>();
  const given = flat.leaves.map((leaf, i) => {
    if (!places.has(leaf)) places.set(leaf, i);
    if (isRng(leaf)) return { ...(leaf as Rng) };
    if (!(leaf instanceof tf.Tensor)) return leaf;
    const value = input({ from: "argument", leaf: i }, leaf, `arg${flat.names[i]}`);
    if (leaf instanceof tf.Variable) {
      trace.values.set(leaf.dataId, { value, block: trace.blocks[0]! });
      return leaf;
    }
    return tensorOf(value);
  });

  const result = fn(...(flat.rebuild(given) as never[]));
  if (result instanceof Promise)
    throw new JitError(
      `jit(${name}): the function is async. Cure: compile the part that computes, await outside`,
    );
  given.forEach((leaf, i) => {
    if (!(leaf instanceof tf.Tensor) || !leaf.isDisposed) return;
    throw new JitError(
      `jit(${name}): argument ${flat.names[i]} is disposed inside the function, but it belongs to the caller. ` +
        "Cure: dispose it after the call",
    );
  });

  const outputs: Value[] = [];
  const origin = (info: tf.TensorInfo): Origin => {
    const value = valueOf(info);
    const index = trace.inputs.findIndex((each) => each.value === value);
    if (index >= 0) return { from: "input", index };
    return { from: "output", index: outputs.push(value) - 1 };
  };
  const out = flatten(result, isRng);
  const returned = out.leaves.map((leaf, i): Returned => {
    if (!(leaf instanceof tf.Tensor)) {
      checkPlain(name, out.names[i]!, leaf);
      return { kind: "fixed", value: leaf };
    }
    const argument = given.indexOf(leaf);
    if (argument >= 0) return { kind: "argument", leaf: argument };
    if (leaf instanceof tf.Variable || !isTraced(leaf)) return { kind: "fixed", value: leaf };
    return { kind: "made", origin: origin(leaf) };
  });

  const assignments: Assignment[] = [];
  let once = false;
  for (const variable of Object.values(tf.engine().registeredVariables as Record<string, tf.Variable>)) {
    const old = before.get(variable);
    once ||= old === undefined;
    if (old !== undefined && old.dataId === variable.dataId) continue;
    const leaf = places.get(variable);
    assignments.push({ target: leaf === undefined ? { variable } : { leaf }, origin: origin(variable) });
  }
  for (const variable of before.keys()) {
    if (variable.isDisposed)
      throw new JitError(`jit(${name}): the variable ${variable.name} is disposed inside the function`);
  }
  const rngs = planRngs(trace, given);
  return {
    name,
    text: moduleText(trace, outputs, rngs.length),
    inputs: trace.inputs,
    outputs,
    returned,
    rebuild: out.rebuild,
    assignments,
    rngs,
    kernels: trace.kernels,
    once,
  };
}

/** The module: inputs in the order of `trace.inputs`, then "random" where a generator is used. */
function moduleText(trace: Trace, outputs: readonly Value[], generators: number): string {
  const inputs = trace.inputs.map(({ value }) => `${value.ref}: ${typeOf(value.shape, value.type)}`);
  if (generators > 0) inputs.push(randomInput);
  const types = outputs.map(({ shape, type }) => typeOf(shape, type)).join(", ");
  const refs = outputs.map(({ ref }) => ref).join(", ");
  const list = inputs.length > 3 ? `\n    ${inputs.join(",\n    ")}` : inputs.join(", ");
  const text = [
    `module @${trace.name.replace(/\W/g, "_") || "main"} {`,
    `  func.func public @main(${list}) -> (${types}) {`,
    ...(trace.blocks[0] as Block).lines,
    `    return ${refs}${refs && " : "}${types}`,
    "  }",
    "}",
    "",
  ].join("\n");
  return withRows(text, generators);
}

/** What may lie in a result beside tensors. */
function checkPlain(name: string, place: string, leaf: unknown): void {
  const plain = leaf === null || !["object", "function", "symbol"].includes(typeof leaf);
  if (plain) return;
  const what = isRng(leaf)
    ? "a random generator"
    : typeof leaf === "object"
      ? leaf.constructor.name
      : typeof leaf;
  throw new JitError(
    `jit(${name}): the result${place && ` at "${place}"`} is ${what}. ` +
      "Cure: return tensors, numbers, strings, booleans, or arrays and plain records of them",
  );
}

/** @throws JitError where a tensor of the trace is still alive after it: the function has kept it (tf.keep). */
function refuseKept(name: string, made: readonly tf.Tensor[]): void {
  const kept = made.find((tensor) => !tensor.isDisposed && ofTrace(tensor));
  if (!kept) return;
  throw new JitError(
    `jit(${name}): a tensor of shape [${kept.shape.join(", ")}] made inside the function is kept (tf.keep), but it ` +
      "has no values outside of it. Cure: return it from the function",
  );
}

/** Disposes what is left, and makes each tensor of the trace tell whoever still holds it what it is. */
function bury(name: string, made: readonly tf.Tensor[]): void {
  const dead = (): never => {
    throw leaked(name);
  };
  for (const tensor of made) {
    if (!ofTrace(tensor)) continue;
    tensor.dispose();
    Object.defineProperties(tensor, { dataId: { get: dead }, throwIfDisposed: { value: dead } });
  }
}

const ofTrace = (tensor: tf.Tensor): boolean => !(tensor instanceof tf.Variable) && isTraced(tensor);
