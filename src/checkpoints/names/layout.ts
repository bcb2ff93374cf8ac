/** How one tensor of theirs becomes ours, and back. */
import { tf } from "../../engine";
import type { NameRule } from "./types";

/** The shape that theirs must have. */
export function shapeOfTheirs(rule: NameRule): number[] {
  const shape = rule.transpose ? [...rule.shape].reverse() : [...rule.shape];
  if (rule.part) shape[rule.part.axis] = rule.part.total;
  return shape;
}

/** Ours, a new tensor, from theirs, which stays the caller's. */
export function oursOf(rule: NameRule, theirs: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    let x = theirs;
    if (rule.part) {
      const { axis, from } = rule.part;
      const size = rule.transpose ? [...rule.shape].reverse() : [...rule.shape];
      x = x.slice(
        size.map((_, i) => (i === axis ? from : 0)),
        size,
      );
    }
    if (rule.pairedHeads !== undefined) x = swapPairs(x, rule.pairedHeads, "halves");
    return rule.transpose ? x.transpose() : x.clone();
  });
}

/** Theirs, a new tensor, or that part of it which ours is. */
export function theirsOf(rule: NameRule, ours: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const x = rule.transpose ? ours.transpose() : ours.clone();
    return rule.pairedHeads === undefined ? x : swapPairs(x, rule.pairedHeads, "neighbours");
  });
}

/** The rows of x, [H D] or [H D, I], in another order: each head's pairs as halves or as neighbours. */
function swapPairs(x: tf.Tensor, heads: number, to: "halves" | "neighbours"): tf.Tensor {
  const rows = x.shape[0] as number;
  const inputs = x.size / rows;
  const half = rows / heads / 2;
  const cut = to === "halves" ? [heads, half, 2, inputs] : [heads, 2, half, inputs];
  return x.reshape(cut).transpose([0, 2, 1, 3]).reshape(x.shape); // [H, D/2, 2, I] <-> [H, 2, D/2, I]
}
