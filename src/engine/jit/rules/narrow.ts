import * as hlo from "../hlo";
import type { Value } from "../trace";

/**
 * A product with operands in bf16 and sums in f32, in the one form that XLA's CPU library has fast code for
 * (TensorFlow 2.21: others are computed in f32 without a word, or fail when the program runs): one batch axis in
 * front, `a` summed over its last axis, and nothing fused into operands or result, which the barriers see to. They
 * are gone before anything is computed.
 *
 * @param a [batch..., rows..., K], or [batch..., more..., K, M] where `transposeA`
 * @param b [batch..., K, N], or [batch..., N, K] where `transposeB`
 * @returns f32 [batch..., rows..., N]
 */
export function narrowProduct(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  const [K, M] = transposeA ? (a.shape.slice(-2) as [number, number]) : [a.shape[a.shape.length - 1]!, 0];
  const N = b.shape[b.shape.length - (transposeB ? 2 : 1)]!;
  const paired = b.shape.slice(0, -2);
  const batch = paired.length > 0 ? [hlo.sizeOf(paired)] : [];
  const rows = hlo.sizeOf(a.shape) / (K * hlo.sizeOf(paired));

  const narrowA = hlo.convert(a, "bf16");
  const left = hlo.barrier(hlo.reshape(transposeA ? turned(narrowA, K, M) : narrowA, [...batch, rows, K]));
  const right = hlo.barrier(hlo.reshape(hlo.convert(b, "bf16"), [...batch, ...b.shape.slice(-2)]));
  const n = batch.length;
  const axes = {
    batch: n ? ([[0, 0]] as const) : [],
    contract: [[n + 1, n + (transposeB ? 1 : 0)]] as const,
  };
  const product = hlo.barrier(hlo.dot(left, right, axes, "f32")); // [batch, rows, N]

  const kept = transposeA ? [...a.shape.slice(0, -2), M] : a.shape.slice(0, -1);
  return hlo.reshape(product, [...kept, N]);
}

/** [..., K, M] to [..., M, 1, K]. The axis of 1 keeps XLA from making the transpose a mere change of layout. */
function turned(x: Value, K: number, M: number): Value {
  const count = hlo.sizeOf(x.shape) / (K * M);
  return hlo.transpose(hlo.reshape(x, [count, K, 1, M]), [0, 3, 2, 1]); // [count, M, 1, K]
}
