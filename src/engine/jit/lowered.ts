import { moduleAttributes } from "../xla";
import type { Traced } from "./compile";
import { optimizedText } from "./optimized";
import { dtypeOf } from "./rules/registry";
import type { ElementType } from "./trace";

/** A tensor that goes into a program or comes out of it. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** "argument", "captured" (a tensor or variable that the function refers to), "constant", "random", "output". */
  readonly role: string;
}

/** A function as its compiler sees it. */
export interface Lowered {
  readonly name: string;
  /** The StableHLO module. A line that begins a tfjs kernel's work names it. */
  readonly text: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The kernels that the function would launch one by one without jit, in order. */
  readonly kernels: readonly string[];
  /** What XLA makes of the module: its optimized HLO. Compiled in a process of its own; takes some seconds. */
  optimized(): Promise<string>;
}

export function lowered({ name, text, inputs, outputs, kernels, rngs }: Traced): Lowered {
  const random: Port[] =
    rngs.length > 0 ? [{ name: "random", shape: [rngs.length, 4], type: "i32", role: "random" }] : [];
  const ports = {
    inputs: [
      ...inputs.map(({ value, source }) => ({
        name: value.ref.slice(1),
        shape: value.shape,
        type: value.type,
        role: source.from,
      })),
      ...random,
    ],
    outputs: outputs.map(({ ref, shape, type }) => ({ name: ref.slice(1), shape, type, role: "output" })),
  };
  const job = {
    attributes: moduleAttributes(text, ports.inputs, ports.outputs),
    inputs: ports.inputs.map(({ shape, type }) => ({ shape, dtype: dtypeOf[type] })),
    outputs: outputs.length,
  };
  return { name, text, ...ports, kernels, optimized: () => optimizedText(job) };
}
