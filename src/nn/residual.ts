import type { tf } from "../engine";

/**
 * Where the norm of a residual part stands.
 * - "post": norm(x + f(x)), as in the first transformer, GPT-1 and BERT (Vaswani 2017, section 5.4)
 * - "pre": x + f(norm(x)), as in GPT-2 and nearly all since (Xiong 2020)
 * - "deep": norm(alpha x + f(x)), DeepNorm (Wang 2022), with alpha above 1 and smaller first weights
 */
export type Order = "pre" | "post" | "deep";

/**
 * One residual part.
 * @param x [B, T, C]
 * @param f the part: attention or feed-forward, [B, T, C] to [B, T, C]
 * @param normalise the part's norm
 * @param alpha what x is multiplied by; "deep" only
 */
export function residual(
  order: Order,
  x: tf.Tensor,
  f: (x: tf.Tensor) => tf.Tensor,
  normalise: (x: tf.Tensor) => tf.Tensor,
  alpha = 1,
): tf.Tensor {
  if (order === "pre") return x.add(f(normalise(x)));
  return normalise((order === "deep" ? x.mul(alpha) : x).add(f(x)));
}
