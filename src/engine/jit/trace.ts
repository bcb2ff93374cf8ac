import type { tf } from "../tf";
import type { Rng } from "../rng";

/** Types of StableHLO's numbers. Tensors of tfjs are f32, i32 or i1; the rest is for work inside a rule. */
export type ElementType = "f32" | "f64" | "bf16" | "i1" | "i32" | "i64" | "ui32" | "ui64";
export type Shape = readonly number[];

/** A value of the program being traced: the name that a line gives it, and its type. */
export interface Value {
  readonly ref: string;
  readonly shape: Shape;
  readonly type: ElementType;
  /** A transpose made it: no data was moved, so what is side by side in it lies apart in memory. */
  readonly turned?: boolean;
}

/** What an input of the program is filled with at each call. */
export type Source =
  | { readonly from: "argument"; readonly leaf: number }
  | { readonly from: "captured"; readonly tensor: tf.Tensor }
  | { readonly from: "constant"; readonly tensor: tf.Tensor };

export interface Input {
  readonly value: Value;
  readonly source: Source;
}

/** A block of lines: the function's body, or that of a loop inside it. Inner blocks see the values of outer ones. */
export interface Block {
  readonly lines: string[];
  /** Operations have no side effects, so the same text is the same value. */
  readonly known: Map<string, readonly Value[]>;
}

/** Random tensors inside a trace, see random.ts. */
export interface RandomTensors {
  uniform(rng: Rng, shape: Shape, low: number, high: number): tf.Tensor;
  normal(rng: Rng, shape: Shape, deviation: number, mean: number): tf.Tensor;
}

/** What products of matrices take: f32 as it is, or bf16 (8 bits of mantissa) with sums in f32. */
export type Precision = "f32" | "bf16";

/** One run of a function that computes nothing and writes down what it would compute. */
export interface Trace {
  /** The function's name, for errors. */
  readonly name: string;
  readonly precision: Precision;
  readonly inputs: Input[];
  readonly blocks: Block[];
  /** The tensors of this trace, by tfjs' dataId. */
  readonly values: WeakMap<object, { readonly value: Value; readonly block: Block }>;
  /** The random generators met: where each stood then, and its row of the input "random". */
  readonly rngs: Map<Rng, { readonly base: number; readonly row: number }>;
  /** Generators forked in the trace. */
  readonly forks: Map<Rng, { readonly parent: Rng; readonly name: string | number }>;
  readonly random: RandomTensors;
  count: number;
  /** Where it is set: called with each tensor that a kernel takes from a block outside of the innermost `depth`. */
  outside?: { readonly depth: number; readonly tell: (tensor: tf.TensorInfo) => void } | undefined;
  /** Names of the tfjs kernels, in the order in which they ran. */
  readonly kernels: string[];
  /** The kernel that is named beside its first line. */
  label: string;
}

let current: Trace | undefined;

export function newTrace(name: string, precision: Precision, random: RandomTensors): Trace {
  return {
    name,
    precision,
    inputs: [],
    blocks: [{ lines: [], known: new Map() }],
    values: new WeakMap(),
    rngs: new Map(),
    forks: new Map(),
    random,
    count: 0,
    kernels: [],
    label: "",
  };
}

/** The trace under way, if any. */
export function tracing(): Trace | undefined {
  return current;
}

/** The trace under way. @throws Error outside of one: rules are called by the trace's backend only. */
export function theTrace(): Trace {
  if (!current) throw new Error("No function is being traced");
  return current;
}

/** Makes `trace` the one under way while `work` runs. */
export function during<T>(trace: Trace | undefined, work: () => T): T {
  const before = current;
  current = trace;
  try {
    return work();
  } finally {
    current = before;
  }
}

const blockOf = (trace: Trace): Block => trace.blocks[trace.blocks.length - 1] as Block;

/** Appends a line with one result. The same text gives the same value again, without a second line. */
export function emit(text: string, shape: Shape, type: ElementType): Value {
  return emitMany(text, [{ shape, type }])[0] as Value;
}

/** Appends a line with any number of results. */
export function emitMany(
  text: string,
  types: readonly { readonly shape: Shape; readonly type: ElementType }[],
): Value[] {
  const trace = theTrace();
  for (const { known } of trace.blocks) {
    const values = known.get(text);
    if (values) return values.slice();
  }
  const name = `%${trace.count++}`;
  const many = types.length !== 1;
  const values = types.map(({ shape, type }, i) => ({ ref: many ? `${name}#${i}` : name, shape, type }));
  const note = trace.label === "" ? "" : `  // ${trace.label}`;
  trace.label = "";
  const block = blockOf(trace);
  block.lines.push(
    `${"  ".repeat(trace.blocks.length + 1)}${name}${many ? `:${types.length}` : ""} = ${text}${note}`,
  );
  block.known.set(text, values);
  return values;
}

/** Runs `work` with the lines going to a block of their own, and gives these lines. */
export function inBlock<T>(work: () => T): { readonly lines: string[]; readonly result: T } {
  const trace = theTrace();
  const block: Block = { lines: [], known: new Map() };
  trace.blocks.push(block);
  try {
    return { result: work(), lines: block.lines };
  } finally {
    trace.blocks.pop();
  }
}
