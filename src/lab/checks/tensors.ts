/**
 * Real tensors for checks: made from plain data, watched, read back. In a notebook they live on the engine in use. In
 * the grader's child process this file is bundled with plain JavaScript's engine, so that points are the same on
 * every machine, and the lab's own `tf` is the one from here.
 */
import { countLeaks } from "../../engine/leaks";
import { tf } from "../../engine/tf";
import { callFault, LearnerFault, type Learner, type Run } from "./learner";
import { enliven, type TensorTools } from "./live";
import { PlainTensor, type TensorType } from "./plain";
import { copyValue, LIMITS, Opaque, type IsProxy } from "./values";

export { tf };

const { Tensor } = tf;
const isTensor = (value: object): value is tf.Tensor => value instanceof Tensor;
const dataSync = Function.prototype.call.bind(Tensor.prototype.dataSync) as (
  self: unknown,
) => ArrayLike<number>;

export const tensorTools: TensorTools = {
  open() {
    tf.engine().startScope("check");
    return () => tf.engine().endScope();
  },
  make: ({ values, shape, dtype }) => tf.tensor([...values], [...shape], dtype),
  isTensor,
  read: (tensor) => readTensor(tensor as tf.Tensor, dataSync),
  async watch(call) {
    const ops: string[] = [];
    const stop = listenToOps((name) => {
      if (!ops.includes(name)) ops.push(name);
    });
    try {
      const { result, shapes } = await countLeaks(call as () => Promise<unknown>);
      return { value: result, leaks: shapes, ops };
    } finally {
      stop();
    }
  },
  gradient(fn, [x, ...rest], dy) {
    const ofFirst = (first: tf.Tensor): tf.Tensor => fn(first, ...rest) as tf.Tensor;
    return tf.grad(ofFirst)(x as tf.Tensor, dy as tf.Tensor);
  },
};

const types: readonly string[] = ["float32", "int32", "bool"];

/** The tensor as plain data; what cannot be read (disposed, text, huge) is named. */
function readTensor(
  tensor: tf.Tensor,
  values: (tensor: tf.Tensor) => ArrayLike<number>,
): PlainTensor | Opaque {
  const { isDisposed, dtype, shape, size } = tensor;
  if (isDisposed) return new Opaque("a disposed tensor");
  if (!types.includes(dtype)) return new Opaque(`a tensor of type ${dtype}`);
  if (size > LIMITS.values) return new Opaque(`a tensor of ${size} values`);
  return new PlainTensor(dtype as TensorType, [...shape], Array.from(values(tensor)));
}

interface ScopedEngine {
  startScope(name?: string): void;
}

/** Each operation of tfjs opens a scope "<name>__op" on the engine; there is no other list of what was called. */
function listenToOps(note: (name: string) => void): () => void {
  const engine = tf.engine() as unknown as ScopedEngine;
  const { startScope } = engine;
  engine.startScope = function (name) {
    if (typeof name === "string" && name.endsWith("__op")) note(name.slice(0, -4));
    startScope.call(this, name);
  };
  // Removing the own property uncovers the class' method again.
  return () => void Reflect.deleteProperty(engine, "startScope");
}

/**
 * A learner's function of tensors in this very process, for `check` in a notebook. Values are awaited, since a
 * graphics card answers only later; all tensors of a call are freed after it.
 */
export function tensorLearner(fn: string, learnerFunction: unknown, isProxy?: IsProxy): Learner {
  return {
    fn,
    async run(given, dy): Promise<Run> {
      if (typeof learnerFunction !== "function")
        throw new LearnerFault("missing", `${fn} is not a function: is it exported and imported?`);
      const own = learnerFunction as (...args: unknown[]) => unknown;
      const close = tensorTools.open();
      try {
        const { args, still } = enliven(copyValue(given) as unknown[], tensorTools);
        const start = performance.now();
        const { value, ...traces } =
          dy === undefined
            ? await tensorTools.watch(() => own(...args))
            : { value: tensorTools.gradient(own, args, tensorTools.make(dy)) };
        const ms = performance.now() - start;
        const known = await readAll([value, args], isProxy);
        const plain = (each: unknown): unknown => copyValue(each, isProxy, (v) => known.get(v) ?? still(v));
        return { value: plain(value), args: plain(args) as unknown[], ms, ...traces };
      } catch (error) {
        throw error instanceof LearnerFault ? error : callFault(error);
      } finally {
        close();
      }
    },
  };
}

/** Reads every tensor in a value: found by a first walk that keeps nothing else. */
async function readAll(value: unknown, isProxy?: IsProxy): Promise<Map<object, PlainTensor | Opaque>> {
  const found = new Set<tf.Tensor>();
  copyValue(value, isProxy, (each) => {
    if (!isTensor(each)) return undefined;
    found.add(each);
    return new Opaque("a tensor");
  });
  const known = new Map<object, PlainTensor | Opaque>();
  for (const tensor of found) {
    const values = tensor.isDisposed ? [] : await tensor.data();
    known.set(
      tensor,
      readTensor(tensor, () => values as ArrayLike<number>),
    );
  }
  return known;
}
