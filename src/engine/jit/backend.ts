import { tf } from "../tf";
import { JitError } from "./errors";
import { constant, constants, sizeOf } from "./hlo";
import { dtypeOf, elementType, ruleOf } from "./rules/registry";
import "./rules";
import { during, theTrace, tracing } from "./trace";
import type { Source, Trace, Value } from "./trace";

/**
 * A tfjs backend that computes nothing: its kernels append lines to the trace under way. Since layers, gradients and
 * optimizers all end in kernels of the active backend, this is all it takes to see a whole training step.
 */

type Info = tf.TensorInfo;
/** The longest constant that is written into the program; a longer one is a tensor that the program owns. */
const inlineLimit = 64;

/** All dataIds that any trace has given out, with the trace: these tensors have no values. */
const traced = new WeakMap<object, Trace>();
const references = new WeakMap<object, number>();

class TraceBackend extends tf.KernelBackend {
  override write(given: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const type = elementType[dtype];
    if (!type) throw new JitError(`jit: a tensor of type ${dtype} cannot be in a compiled program`);
    const values = given as ArrayLike<number>;
    const first = values[0] as number;
    const uniform = Array.prototype.every.call(values, (v: number) => Object.is(v, first));
    if (sizeOf(shape) > 0 && uniform) return adopt(constant(Number(first), shape, type));
    if (sizeOf(shape) <= inlineLimit) return adopt(constants(values, shape, type));
    refuseHostRandom();
    const tensor = asEager(() => tf.keep(tf.tensor(Array.from(values), shape, dtype)));
    return adopt(input({ from: "constant", tensor }, tensor));
  }

  override readSync(dataId: object): never {
    const name = traced.get(dataId)?.name ?? tracing()?.name ?? "?";
    if (tracing()) {
      throw new JitError(
        `jit(${name}): a tensor's values are read here, but while a function is compiled there are none yet. ` +
          "Cure: compute with tensors (tf.where in place of an if), read after the call, or call the function without jit",
      );
    }
    throw leaked(name);
  }

  // tfjs wants a promise; the error is the same.
  override async read(dataId: object): Promise<never> {
    return this.readSync(dataId);
  }

  override refCount(dataId: object): number {
    return references.get(dataId) ?? 0;
  }

  override incRef(dataId: object): void {
    if (traced.has(dataId)) references.set(dataId, this.refCount(dataId) + 1);
    else inside.state.tensorInfo.get(dataId)?.backend.incRef(dataId);
  }

  decRef(dataId: object): void {
    references.set(dataId, this.refCount(dataId) - 1);
  }

  override disposeData(dataId: object, force = false): boolean {
    this.decRef(dataId);
    return force || this.refCount(dataId) <= 0;
  }

  override numDataIds(): number {
    return 0;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override dispose(): void {}
}

/** The parts of tfjs' engine that have no public door. */
interface Inside {
  backendName: string;
  backendInstance: tf.KernelBackend;
  readonly state: {
    readonly tensorInfo: { get(id: object): { readonly backend: tf.KernelBackend } | undefined };
  };
}

const inside = tf.engine() as unknown as Inside;
const backendName = "trace";
const backend = new TraceBackend();
let eager: { readonly name: string; readonly instance: tf.KernelBackend } | undefined;

/** Runs `work` with all kernels going to the trace. */
export function withTrace<T>(trace: Trace, work: () => T): T {
  registerKernels();
  eager = { name: inside.backendName, instance: tf.backend() as tf.KernelBackend };
  inside.backendName = backendName;
  inside.backendInstance = backend;
  try {
    return during(trace, work);
  } finally {
    inside.backendName = eager.name;
    inside.backendInstance = eager.instance;
    eager = undefined;
  }
}

/** Runs `work` on the real engine in the middle of a trace. */
export function asEager<T>(work: () => T): T {
  if (!eager) return work();
  const { name, instance } = eager;
  inside.backendName = name;
  inside.backendInstance = instance;
  try {
    return during(undefined, work);
  } finally {
    inside.backendName = backendName;
    inside.backendInstance = backend;
  }
}

let registered = false;

/** Every kernel that some engine has gets a function: its rule, or an error that names it. */
function registerKernels(): void {
  if (registered) return;
  registered = true;
  const names = ["cpu", "tensorflow", "webgpu", "wasm"].flatMap((engine) =>
    tf.getKernelsForBackend(engine).map(({ kernelName }) => kernelName),
  );
  for (const kernelName of new Set(names)) {
    tf.registerKernel({ kernelName, backendName, kernelFunc: (call) => runRule(kernelName, call) });
  }
}

interface KernelCall {
  readonly inputs: Readonly<Record<string, Info | undefined>>;
  readonly attrs?: object | undefined;
}

function runRule(kernel: string, { inputs, attrs }: KernelCall): Info | Info[] {
  const trace = theTrace();
  const meaning = ruleOf(kernel);
  if (!meaning) throw new JitError(`jit(${trace.name}): ${missing(kernel)}`);
  trace.kernels.push(kernel);
  trace.label = kernel;
  const x: Record<string, Value> = {};
  for (const [key, info] of Object.entries(inputs)) if (info) x[key] = valueOf(info);
  const result = meaning(x, (attrs ?? {}) as Record<string, unknown>);
  trace.label = "";
  return Array.isArray(result) ? result.map(infoOf) : infoOf(result);
}

const dependent = new Set([
  "NonMaxSuppressionV3",
  "NonMaxSuppressionV4",
  "NonMaxSuppressionV5",
  "Unique",
  "Where",
]);

function missing(kernel: string): string {
  if (dependent.has(kernel))
    return (
      `the shape of what tfjs' kernel ${kernel} gives depends on values, and a compiled program has fixed shapes. ` +
      "Cure: use a mask (tf.where, multiplication) in its place, or call the function without jit"
    );
  return (
    `there is no rule that says what tfjs' kernel ${kernel} means in StableHLO. ` +
    "Cure: call the function without jit, or add a rule: rule(...) in one file of src/engine/jit/rules/"
  );
}

/** The value of a tensor in the trace under way. A tensor that the trace does not know becomes an input. */
export function valueOf(info: Info): Value {
  const trace = theTrace();
  const known = trace.values.get(info.dataId);
  const depth = known ? trace.blocks.indexOf(known.block) : 0;
  if (trace.outside && depth < trace.outside.depth) trace.outside.tell(info);
  if (known) {
    if (depth >= 0) return known.value;
    throw new JitError(
      `jit(${trace.name}): a tensor of shape [${info.shape.join(", ")}] made inside a loop's body is used outside of ` +
        "it. Cure: make it part of the loop's state or results",
    );
  }
  const owner = traced.get(info.dataId);
  if (owner) throw leaked(owner.name);
  const tensor = info as tf.Tensor;
  const value = input({ from: "captured", tensor }, info);
  trace.values.set(info.dataId, { value, block: trace.blocks[0]! });
  return value;
}

/** A new input of the program. */
export function input(source: Source, { shape, dtype }: Omit<Info, "dataId">, name = nameOf(source)): Value {
  const type = elementType[dtype];
  if (!type) throw new JitError(`jit: a tensor of type ${dtype} cannot be an input of a compiled program`);
  const { inputs } = theTrace();
  const clean = `%${name.replace(/[^\w$.-]/g, "_")}`;
  const taken = new Set(inputs.map(({ value }) => value.ref));
  let ref = clean;
  for (let i = 1; taken.has(ref); i++) ref = `${clean}_${i}`;
  const value = { ref, shape: shape.slice(), type };
  inputs.push({ value, source });
  return value;
}

function nameOf(source: Source): string {
  if (source.from !== "captured") return source.from;
  return source.tensor instanceof tf.Variable ? `var.${source.tensor.name}` : "captured";
}

/** A dataId for a value of the trace under way. */
export function adopt(value: Value): object {
  const dataId = {};
  const trace = theTrace();
  trace.values.set(dataId, { value, block: trace.blocks[trace.blocks.length - 1]! });
  traced.set(dataId, trace);
  references.set(dataId, 1);
  return dataId;
}

export function infoOf(value: Value): Info {
  const dtype = dtypeOf[value.type];
  if (!dtype) throw new Error(`A rule gave ${value.type}, which is no type of tfjs`);
  return { dataId: adopt(value), shape: value.shape.slice(), dtype };
}

/** A tensor of tfjs for a value of the trace under way. */
export function tensorOf(value: Value): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(infoOf(value), backend);
}

/** Whether a tensor was made in a trace: it has no values. */
export function isTraced(tensor: { readonly dataId: object }): boolean {
  return traced.has(tensor.dataId);
}

export function leaked(name: string): JitError {
  return new JitError(
    `jit(${name}): this tensor was made while the function was compiled and has no values outside of it. ` +
      "Cure: return it from the function, in place of storing it in a variable outside",
  );
}

/** tfjs' own random functions draw on the host: their numbers would be the same at every call. */
function refuseHostRandom(): void {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  const name = /at (?:\w+\.)?(random\w+|truncatedNormal|dropout)_? /.exec(stack)?.[1];
  if (!name) return;
  throw new JitError(
    `jit: tf.${name} draws its numbers in JavaScript, so they would be the same at every call of the compiled ` +
      "program. Cure: uniformTensor(rng, shape) or normalTensor(rng, shape) with a generator of makeRng(seed)",
  );
}
