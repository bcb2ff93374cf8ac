import { tf, uniformTensor } from "../engine";
import type { Rng } from "../engine";
import { expectType } from "./check";
import { withGradient } from "./gradient";

/**
 * Dropout for training: each element becomes 0 with probability `rate`, the others grow by 1 / (1 - rate), so that
 * the expected value stays. When a model is used and not trained, leave the call out.
 *
 * tfjs' own dropout draws in JavaScript from a hidden generator; this one draws from `rng`, so the same seed drops the
 * same elements on every engine, and in a compiled function each call drops others.
 *
 * Source: Srivastava et al. 2014, section 10 ("inverted" dropout, scaled in training).
 *
 * @param x float32, any shape
 * @param rate from 0 (nothing drops) to below 1
 * @param rng moves on by two words an element; not at all where rate is 0
 * @returns float32, the same shape
 * @throws RangeError for another rate
 */
export function dropout(x: tf.Tensor, rate: number, rng: Rng): tf.Tensor {
  expectType("dropout", "x", x, "float32");
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: rate must be from 0 to below 1, got ${rate}`);
  if (rate === 0) return x.clone();
  return withGradient([x], () => {
    const kept = tf.greaterEqual(uniformTensor(rng, x.shape), rate).cast("float32");
    const scale = kept.div(1 - rate); // 0 or 1 / (1 - rate)
    return { value: x.mul(scale), save: [scale], backward: (dy, [by]) => [dy.mul(by as tf.Tensor)] };
  });
}
