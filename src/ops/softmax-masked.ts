import { tf } from "../engine";
import { expectBroadcast, expectRank, expectType } from "./check";
import { withGradient } from "./gradient";

const lowest = -3.4028234663852886e38; // the least finite f32

/**
 * Softmax over the last axis, over the places that the mask allows.
 *
 * p_i = exp(s_i - m) / sum_j exp(s_j - m), with m the largest allowed score, so nothing overflows. A row with no
 * allowed place (padding) gives all zeros and passes no gradient: PyTorch gives NaN there, which then spreads. A
 * score of -infinity counts as masked.
 *
 * Source: Vaswani et al. 2017, section 3.2.1 and 3.2.3 (masking by -infinity).
 *
 * @param scores float32 [..., N]
 * @param mask bool, true where attention is allowed; any shape that broadcasts to that of the scores
 * @returns float32 [..., N], rows summing to 1 (or 0)
 */
export function softmaxMasked(scores: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  expectType("softmaxMasked", "scores", scores, "float32");
  expectRank("softmaxMasked", "scores", scores, 1);
  if (mask) {
    expectType("softmaxMasked", "mask", mask, "bool");
    expectBroadcast("softmaxMasked", "mask", mask, scores.shape);
  }
  return withGradient([scores], () => {
    const allowed = mask ? scores.add(penalty(mask)) : scores;
    const top = tf.maximum(tf.max(allowed, -1, true), lowest); // finite, so that -inf - top stays -inf
    const powers = tf.exp(allowed.sub(top));
    // The largest allowed score adds exp(0) = 1, so a sum below 1 means that no place is allowed.
    const value = powers.div(tf.maximum(tf.sum(powers, -1, true), 1));
    return {
      value,
      save: [value],
      backward: (dy, [p]) => [softmaxGradient(dy, p as tf.Tensor)],
    };
  });
}

/** From the gradient of the probabilities p to that of their scores: dL/ds_i = p_i (dy_i - sum_j dy_j p_j). */
export function softmaxGradient(dy: tf.Tensor, p: tf.Tensor): tf.Tensor {
  const weighted = dy.mul(p);
  return weighted.sub(p.mul(tf.sum(weighted, -1, true)));
}

/** 0 where allowed, -infinity elsewhere, in the mask's own small shape: a `where` of full size is slow on wasm. */
function penalty(mask: tf.Tensor): tf.Tensor {
  return tf.where(mask, tf.zeros(mask.shape), tf.fill(mask.shape, -Infinity));
}
