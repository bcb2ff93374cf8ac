import * as hlo from "../hlo";
import type { Value } from "../trace";
import { finished } from "./fused";
import type { FusedAttrs, FusedInputs } from "./fused";
import { rule } from "./registry";

/** Products of matrices. */

interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * A product of matrices in the last two axes; the axes before them pair up, and 1 stretches. No transpose is made:
 * `dot_general` names the axes to sum over. A matrix `b` for all the batch (a weight) is not repeated: its product
 * with all rows is one large product.
 */
export function matMul(a: Value, b: Value, { transposeA, transposeB }: MatMulAttrs): Value {
  const batch = hlo.broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const sumA = (rank: number): number => (transposeA ? rank - 2 : rank - 1);
  const sumB = (rank: number): number => (transposeB ? rank - 1 : rank - 2);
  const rows = a.shape[a.shape.length - (transposeA ? 1 : 2)]!;
  const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)]!;
  if (hlo.sizeOf(b.shape.slice(0, -2)) === 1) {
    const weight = hlo.reshape(b, b.shape.slice(-2));
    const product = hlo.dot(a, weight, { contract: [[sumA(a.shape.length), sumB(2)]] });
    return hlo.reshape(product, [...batch, rows, columns]);
  }
  const left = hlo.broadcast(a, [...batch, ...a.shape.slice(-2)]);
  const right = hlo.broadcast(b, [...batch, ...b.shape.slice(-2)]);
  return hlo.dot(left, right, {
    batch: batch.map((_, i) => [i, i]),
    contract: [[sumA(batch.length + 2), sumB(batch.length + 2)]],
  });
}

rule<{ a: Value; b: Value }, MatMulAttrs>("BatchMatMul", ({ a, b }, attrs) => matMul(a, b, attrs));

rule<{ a: Value; b: Value } & FusedInputs, MatMulAttrs & FusedAttrs>("_FusedMatMul", (x, attrs) =>
  finished(matMul(x.a, x.b, attrs), x, attrs),
);
