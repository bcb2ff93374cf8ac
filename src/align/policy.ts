import { tf } from "../engine";
import type { Decoder } from "../models";
import { logSoftmax, takeLast } from "../ops";

/**
 * How a model's functions read what it is given. Small models read ids. Of a large one only the last blocks may be
 * trained: then it is "read" by the blocks below, once, and what comes out goes through those above (`upperBlocks`).
 */
export type Policy<P> = Pick<Decoder<P>, "states" | "head">;

/**
 * log pi(y_t | x, y_<t) of each token that follows another.
 * @param input int32 [B, T] ids; or states float32 [B, T, C] where the policy begins above blocks
 * @param ids int32 [B, T]
 * @returns float32 [B, T - 1], in nats
 */
export function tokenLogProbs<P>(
  policy: Policy<P>,
  params: P,
  input: tf.Tensor,
  ids: tf.Tensor,
): tf.Tensor {
  return takeLast(logSoftmax(nextLogits(policy, params, input)), nextIds(ids)); // [B, T - 1]
}

/** The same with the entropy of each choice, -sum_v pi(v) log pi(v), [B, T - 1]. */
export function tokenLogProbsAndEntropy<P>(
  policy: Policy<P>,
  params: P,
  input: tf.Tensor,
  ids: tf.Tensor,
): { readonly logProbs: tf.Tensor; readonly entropy: tf.Tensor } {
  const all = logSoftmax(nextLogits(policy, params, input)); // [B, T - 1, V]
  return { logProbs: takeLast(all, nextIds(ids)), entropy: tf.sum(tf.exp(all).mul(all), -1).neg() };
}

/** Scores of what comes after each token but the last, [B, T - 1, V]. */
function nextLogits<P>(policy: Policy<P>, params: P, input: tf.Tensor): tf.Tensor {
  const states = policy.states(params, input, {}); // [B, T, C]
  const [batch, time, width] = states.shape as [number, number, number];
  return policy.head(params, states.slice([0, 0, 0], [batch, time - 1, width]));
}

function nextIds(ids: tf.Tensor): tf.Tensor {
  const [batch, time] = ids.shape as [number, number];
  return ids.slice([0, 1], [batch, time - 1]);
}
