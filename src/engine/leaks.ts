import { tf } from "./tf";

/** What a call left behind. */
export interface LeakReport<T> {
  readonly result: T;
  /** Tensors (and variables) made by the call that live on and are not in its result. */
  readonly tensors: number;
  /** Their size; data shared by several tensors counts once. */
  readonly bytes: number;
  /** Their shapes and types, e.g. "[64, 128] float32", with how many of each. */
  readonly shapes: Readonly<Record<string, number>>;
}

/**
 * Calls `fn` and counts the tensors that it made, did not dispose and did not return (as a tensor, or inside arrays,
 * records, maps or sets). For an async `fn` the count is taken when its promise settles: whatever else makes tensors
 * in the meantime counts too.
 * @throws what `fn` throws.
 */
export function countLeaks<T>(fn: () => Promise<T>): Promise<LeakReport<T>>;
export function countLeaks<T>(fn: () => T): LeakReport<T>;
export function countLeaks<T>(fn: () => T | Promise<T>): LeakReport<T> | Promise<LeakReport<T>> {
  const watch = watchTensors();
  let settled = true;
  try {
    const result = fn();
    if (!(result instanceof Promise)) return watch.reportOn(result);
    settled = false;
    return result.then((value: T) => watch.reportOn(value)).finally(() => watch.stop());
  } finally {
    // A promise stops the watch itself, once it has settled.
    if (settled) watch.stop();
  }
}

/**
 * Calls `fn` and gives its result; throws an Error that counts the tensors left behind and names their shapes, if
 * there are any. A training step, a layer, a test body must pass it.
 */
export function assertNoLeaks<T>(fn: () => Promise<T>): Promise<T>;
export function assertNoLeaks<T>(fn: () => T): T;
export function assertNoLeaks<T>(fn: () => T | Promise<T>): T | Promise<T> {
  const done = countLeaks(fn as () => T);
  return done instanceof Promise ? done.then(demandNone<T>) : demandNone(done);
}

function demandNone<T>(report: LeakReport<T>): T {
  if (report.tensors === 0) return report.result;
  const shapes = Object.entries(report.shapes).map(([shape, n]) => (n > 1 ? `${shape} x${n}` : shape));
  throw new Error(
    `${report.tensors} ${report.tensors === 1 ? "tensor outlives" : "tensors outlive"} the call (${report.bytes} ` +
      `bytes): ${shapes.join(", ")}. Cure: wrap the work in tf.tidy, or dispose what is not returned`,
  );
}

/** What the one gate for new tensors sees of them. */
export interface TensorLike {
  readonly dataId: object;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly size: number;
  readonly isDisposed: boolean;
}

interface Tracker {
  trackTensor(tensor: TensorLike, backend?: object): void;
}

const listeners = new Set<(tensor: TensorLike) => void>();

/** tfjs' engine has no list of its tensors, so its one gate for new ones, `trackTensor`, is listened to. */
export function listen(listener: (tensor: TensorLike) => void): () => void {
  const engine = tf.engine() as unknown as Tracker;
  if (listeners.size === 0) {
    const original = engine.trackTensor;
    engine.trackTensor = function (tensor, backend) {
      original.call(this, tensor, backend);
      for (const each of listeners) each(tensor);
    };
  }
  listeners.add(listener);
  return () => {
    // Removing the own property uncovers the class' method again.
    if (listeners.delete(listener) && listeners.size === 0) Reflect.deleteProperty(engine, "trackTensor");
  };
}

function watchTensors() {
  // A variable passes the gate at each assignment.
  const variables = new Set<TensorLike>(Object.values(tf.engine().registeredVariables));
  let made: TensorLike[] = [];
  let limit = 1024;
  const stop = listen((tensor) => {
    if (variables.has(tensor)) return;
    if (tensor instanceof tf.Variable) variables.add(tensor);
    made.push(tensor);
    if (made.length < limit) return;
    made = made.filter((each) => !each.isDisposed);
    limit = Math.max(1024, 2 * made.length);
  });
  const reportOn = <T>(result: T): LeakReport<T> => {
    const kept = tensorsIn(result);
    const leaked = made.filter((tensor) => !tensor.isDisposed && !kept.has(tensor));
    const shared = new Set([...kept].map((tensor) => (tensor as TensorLike).dataId));
    const shapes: Record<string, number> = {};
    let bytes = 0;
    for (const { dataId, shape, dtype, size } of leaked) {
      const key = `[${shape.join(", ")}] ${dtype}`;
      shapes[key] = (shapes[key] ?? 0) + 1;
      if (!shared.has(dataId)) bytes += size * bytesOf(dtype);
      shared.add(dataId);
    }
    return { result, tensors: leaked.length, bytes, shapes };
  };
  return { stop, reportOn };
}

function bytesOf(dtype: string): number {
  return { float32: 4, int32: 4, bool: 1, complex64: 8 }[dtype] ?? 0;
}

/** The tensors inside a value: itself, or in arrays, plain records, maps and sets, at any depth. */
function tensorsIn(value: unknown, seen = new Set<object>(), found = new Set<object>()): Set<object> {
  if (value === null || typeof value !== "object" || seen.has(value)) return found;
  seen.add(value);
  if (value instanceof tf.Tensor) found.add(value);
  else if (ArrayBuffer.isView(value)) return found;
  else if (value instanceof Map || value instanceof Set)
    for (const each of [...value.values()]) tensorsIn(each, seen, found);
  else for (const each of Object.values(value)) tensorsIn(each, seen, found);
  return found;
}
