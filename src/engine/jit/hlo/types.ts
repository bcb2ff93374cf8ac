import type { ElementType, Shape, Value } from "../trace";

/** Types of StableHLO as text, and sizes of shapes. */

/** "tensor<2x3xf32>" */
export function typeOf(shape: Shape, type: ElementType): string {
  return `tensor<${shape.map((n) => `${n}x`).join("")}${type}>`;
}

/** The type of a value. */
export const t = (x: Value): string => typeOf(x.shape, x.type);

export function same(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}
