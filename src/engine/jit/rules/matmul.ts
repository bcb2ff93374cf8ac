import { broadcast, broadcastShape, dot } from "../hlo";
import type { Value } from "../trace";
import { rule } from "./registry";

interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A product of matrices in the last two axes; the axes before them pair up, and 1 stretches. No transpose is made. */
export function matMul(a: Value, b: Value, { transposeA, transposeB }: MatMulAttrs): Value {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const n = batch.length;
  const left = broadcast(a, [...batch, ...a.shape.slice(-2)]);
  const right = broadcast(b, [...batch, ...b.shape.slice(-2)]);
  return dot(left, right, {
    batch: batch.map((_, i) => [i, i]),
    contract: [[transposeA ? n : n + 1, transposeB ? n + 1 : n]],
  });
}

rule<{ a: Value; b: Value }, MatMulAttrs>("BatchMatMul", ({ a, b }, attrs) => matMul(a, b, attrs));
