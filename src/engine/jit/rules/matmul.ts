import * as hlo from "../hlo";
import { plainRowProduct, takesBlocks } from "../blocked";
import { theTrace } from "../trace";
import type { Value } from "../trace";
import { narrowProduct } from "./narrow";
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
 * `dot_general` names the axes to sum over. Nor is a matrix `b` repeated that many of `a` share (a weight for all of
 * a batch, keys for a group of heads): the rows of these go into one large product.
 */
export function matMul(a: Value, b: Value, attrs: MatMulAttrs): Value {
  const { transposeA, transposeB } = attrs;
  const batch = hlo.broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape[a.shape.length - (transposeA ? 1 : 2)]!;
  const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)]!;
  const matrix = b.shape.slice(-2);
  const own = [...batch.map(() => 1), ...b.shape].slice(-2 - batch.length, -2); // b's axes, 1 where it has none
  const paired = own.reduce((count, n, i) => (n === 1 ? count : i + 1), 0); // from here on b is shared
  if (paired === 0) {
    const product = multiply(a, hlo.reshape(b, matrix), attrs);
    return hlo.reshape(product, [...batch, rows, columns]);
  }
  if (paired < batch.length && !transposeA) {
    const all = hlo.broadcast(a, [...batch, ...a.shape.slice(-2)]);
    const together = hlo.sizeOf(batch.slice(paired)) * rows;
    const tall = hlo.reshape(all, [...batch.slice(0, paired), together, a.shape[a.shape.length - 1]!]);
    const product = matMul(tall, hlo.reshape(b, [...own.slice(0, paired), ...matrix]), attrs);
    return hlo.reshape(product, [...batch, rows, columns]);
  }
  const left = hlo.broadcast(a, [...batch, ...a.shape.slice(-2)]);
  const right = hlo.broadcast(b, [...batch, ...matrix]);
  return multiply(left, right, attrs);
}

/** All axes of b before its last two pair up with the first ones of a. */
function multiply(a: Value, b: Value, { transposeA, transposeB }: MatMulAttrs): Value {
  const paired = b.shape.length - 2;
  if (a.type === "f32" && theTrace().precision === "bf16") return narrowProduct(a, b, transposeA, transposeB);
  if (paired === 0 && !transposeB && takesBlocks(a, b))
    return hlo.reshape(plainRowProduct(a, b), [...a.shape.slice(0, -2), 1, b.shape[1]!]);
  return hlo.dot(a, b, {
    batch: Array.from({ length: paired }, (_, i) => [i, i]),
    contract: [[a.shape.length - (transposeA ? 2 : 1), paired + (transposeB ? 1 : 0)]],
  });
}

rule<{ a: Value; b: Value }, MatMulAttrs>("BatchMatMul", ({ a, b }, attrs) => matMul(a, b, attrs));

rule<{ a: Value; b: Value } & FusedInputs, MatMulAttrs & FusedAttrs>("_FusedMatMul", (x, attrs) =>
  finished(matMul(x.a, x.b, attrs), x, attrs),
);
