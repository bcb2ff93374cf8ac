import { liveFunction } from "./formulas";
import { Formula, PlainTensor } from "./plain";
import { Opaque, type Still } from "./values";

const { isArray } = Array;

/** What a call did beside its answer; known only where tensors are about. */
export interface Traces {
  /** Tensors that the call left behind, by shape and type, e.g. { "[2, 3] float32": 2 }. */
  readonly leaks?: Readonly<Record<string, number>>;
  /** The operations of tfjs that it called, e.g. ["exp", "sum"]. */
  readonly ops?: readonly string[];
}

/** What tensors.ts gives to those who run a learner's function. Without it, a tensor argument cannot be made. */
export interface TensorTools {
  /** All tensors made from here on are freed by the function that it gives. */
  open(): () => void;
  make(plain: PlainTensor): object;
  isTensor(value: object): boolean;
  /** At once, or as `Opaque` that says why not. */
  read(tensor: object): PlainTensor | Opaque;
  /** Calls, and watches what tensors and operations come of it. */
  watch(call: () => unknown): Promise<Traces & { readonly value: unknown }>;
  /** The gradient of sum(dy * fn(...args)) with respect to argument `by`, counted from 0. */
  gradient(fn: (...args: unknown[]) => unknown, args: readonly unknown[], dy: unknown, by: number): unknown;
}

export interface LiveArguments {
  readonly args: unknown[];
  /** Living things back to plain data: the functions of `args`, and tensors wherever they are. */
  readonly still: Still;
}

/** Makes tensors and functions of the plain ones in `args`, also inside arrays. */
export function enliven(args: readonly unknown[], tools?: TensorTools): LiveArguments {
  const functions: { readonly fn: unknown; readonly seen: () => Formula }[] = [];
  const live = (value: unknown): unknown => {
    if (value instanceof PlainTensor) {
      if (tools === undefined) throw new TypeError("This lab is not one of tensors (Lab.tensors)");
      return tools.make(value);
    }
    if (value instanceof Formula) {
      const made = liveFunction(value);
      functions[functions.length] = made;
      return made.fn;
    }
    return isArray(value) ? all(value) : value;
  };
  // Plain loops, here and below: learner code may have replaced the methods of arrays.
  const all = (items: readonly unknown[]): unknown[] => {
    const made: unknown[] = [];
    for (let i = 0; i < items.length; i++) made[i] = live(items[i]);
    return made;
  };
  const still: Still = (value) => {
    for (let i = 0; i < functions.length; i++) if (functions[i]!.fn === value) return functions[i]!.seen();
    if (tools === undefined) return undefined;
    try {
      return tools.isTensor(value) ? tools.read(value) : undefined;
    } catch {
      return new Opaque("an object that cannot be looked at");
    }
  };
  return { args: all(args), still };
}
