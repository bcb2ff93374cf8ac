import { broadcast, broadcastShape } from "../hlo";
import type { ElementType, Value } from "../trace";

/**
 * What one tfjs kernel means in StableHLO. `x` has the kernel's tensors by tfjs' names (for a kernel that takes a
 * list: "0", "1" ...), `attrs` its attributes. A rule calls the functions of hlo/, each of which appends a line,
 * and gives the value of the last one.
 */
export type Rule<X, A> = (x: X, attrs: A) => Value | Value[];

type AnyRule = (x: Record<string, Value>, attrs: Record<string, unknown>) => Value | Value[];

const rules = new Map<string, AnyRule>();

/** Adds the rule of a kernel; its name is tfjs' (the constants of tfjs-core's kernel_names). */
export function rule<X = Record<string, Value>, A = Record<string, unknown>>(
  kernel: string,
  meaning: Rule<X, A>,
): void {
  if (rules.has(kernel)) throw new Error(`There are two rules for ${kernel}`);
  rules.set(kernel, meaning as unknown as AnyRule);
}

export function ruleOf(kernel: string): AnyRule | undefined {
  return rules.get(kernel);
}

/** Names of the kernels that can be compiled. */
export function ruleNames(): string[] {
  return [...rules.keys()].sort();
}

/** Both stretched to their common shape. Their types are the same: tfjs casts before it calls a kernel. */
export function aligned(a: Value, b: Value): [Value, Value] {
  const shape = broadcastShape(a.shape, b.shape);
  return [broadcast(a, shape), broadcast(b, shape)];
}

export const elementType: Readonly<Record<string, ElementType>> = {
  float32: "f32",
  int32: "i32",
  bool: "i1",
};

/** And back; the other types of StableHLO have none. */
export const dtypeOf: Partial<Record<ElementType, "float32" | "int32" | "bool">> = {
  f32: "float32",
  i32: "int32",
  i1: "bool",
};
