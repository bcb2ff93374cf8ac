/**
 * Real tensors for checks: made from plain data, watched, read back. Checks run on plain JavaScript's engine, in the
 * grader's child process and in a notebook, so that points are the same on every machine: graphics cards differ in the
 * last digits, and some have no infinity (log(0) is -88 on one of them).
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
  read: (tensor) => readTensor(tensor as tf.Tensor),
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
  gradient(fn, args, dy, by) {
    const at = (x: tf.Tensor): tf.Tensor => fn(...args.map((arg, i) => (i === by ? x : arg))) as tf.Tensor;
    return tf.grad(at)(args[by] as tf.Tensor, dy as tf.Tensor);
  },
};

const types: readonly string[] = ["float32", "int32", "bool"];

/** The tensor as plain data; what cannot be read (disposed, text, huge) is named. */
function readTensor(tensor: tf.Tensor): PlainTensor | Opaque {
  const { isDisposed, dtype, shape, size } = tensor;
  if (isDisposed) return new Opaque("a disposed tensor");
  if (!types.includes(dtype)) return new Opaque(`a tensor of type ${dtype}`);
  if (size > LIMITS.values) return new Opaque(`a tensor of ${size} values`);
  return new PlainTensor(dtype as TensorType, [...shape], Array.from(dataSync(tensor)));
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

/** A learner's function of tensors in this very process, for `check` in a notebook. It frees the tensors of a call. */
export function tensorLearner(fn: string, learnerFunction: unknown, isProxy?: IsProxy): Learner {
  return {
    fn,
    async run(given, dy, by = 0): Promise<Run> {
      if (typeof learnerFunction !== "function")
        throw new LearnerFault("missing", `${fn} is not a function: is it exported and imported?`);
      const own = learnerFunction as (...args: unknown[]) => unknown;
      const engine = tf.getBackend();
      await tf.setBackend("cpu");
      const close = tensorTools.open();
      try {
        const { args, still } = enliven(copyValue(given) as unknown[], tensorTools);
        const start = performance.now();
        const weights = dy && tensorTools.make(dy);
        const { value, ...traces } = await tensorTools.watch(() =>
          weights ? tensorTools.gradient(own, args, weights, by) : own(...args),
        );
        const ms = performance.now() - start;
        const plain = (each: unknown): unknown => copyValue(each, isProxy, still);
        return { value: plain(value), args: plain(args) as unknown[], ms, ...traces };
      } catch (error) {
        throw error instanceof LearnerFault ? error : callFault(error);
      } finally {
        close();
        await tf.setBackend(engine);
      }
    },
  };
}
