/**
 * Direct preference optimisation (Rafailov et al. 2023): the same aim as PPO with a KL penalty, without a reward model
 * and without drawing answers. The best policy under a reward r and a penalty beta is pi_SFT exp(r / beta) / Z, so a
 * policy IS a reward model: r = beta log(pi / pi_SFT) + a constant of the prompt. Put into the model of Bradley and Terry
 * the constant falls away, and what is left is a loss on pairs.
 */
import { jit, tf } from "../engine";
import { intsTensor } from "../data";
import type { Ints } from "../data";
import type { Decoder } from "../models";
import { tokenLogProbs } from "./policy";
import type { Policy } from "./policy";
import { inBatches, writtenRows } from "./rows";
import type { Written } from "./rows";

/** Two answers to a prompt, as ids. */
export interface IdPair {
  readonly prompt: readonly number[];
  readonly chosen: readonly number[];
  readonly rejected: readonly number[];
}

/** N pairs: all chosen answers, then all rejected ones. */
export interface DpoBatch<X = tf.Tensor> {
  /** int32 [2N, T] */
  readonly ids: X;
  /** int32 [2N, T - 1]: 1 where the next token belongs to the answer. */
  readonly mask: X;
  /** float32 [2N]: log pi_SFT(y | x). */
  readonly logReference: X;
}

/**
 * log pi(y | x): the sum over the answer's tokens.
 * @returns float32 [B]
 */
export function answerLogProbs<P>(policy: Policy<P>, params: P, ids: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  return tf.sum(tokenLogProbs(policy, params, ids, ids).mul(mask.cast("float32")), -1);
}

/**
 * - log sigmoid(beta (log pi(w) / pi_SFT(w) - log pi(l) / pi_SFT(l))), the mean over pairs: equation 7.
 * @param beta as PPO's: small, and the policy may go far
 */
export function dpoLoss<P>(policy: Policy<P>, beta: number) {
  return (params: P, { ids, mask, logReference }: DpoBatch): tf.Scalar => {
    const pairs = (ids.shape[0] as number) / 2;
    const ratios = answerLogProbs(policy, params, ids, mask).sub(logReference); // [2N]
    const [chosen, rejected] = tf.split(ratios, [pairs, pairs]) as [tf.Tensor, tf.Tensor]; // [N] each
    return marginLoss(chosen, rejected, beta);
  };
}

/**
 * The same from log-ratios log pi(y | x) / pi_SFT(y | x), float32 [N] each.
 * @returns float32 []
 */
export const marginLoss = (chosen: tf.Tensor, rejected: tf.Tensor, beta: number): tf.Scalar =>
  tf.mean(tf.softplus(rejected.sub(chosen).mul(beta)));

/**
 * Makes batches of pairs, with what the SFT model, which stays, says of them: it is asked once for each pair.
 * @param length most tokens of a text
 * @param batch pairs of a batch
 */
export async function dpoPairs<P>(
  model: Decoder<P>,
  pairs: readonly IdPair[],
  { length, batch }: { readonly length: number; readonly batch: number },
): Promise<(chosen: readonly number[]) => { ids: Ints; mask: Ints; logReference: tf.Tensor }> {
  const texts = pairs.flatMap(({ prompt, chosen, rejected }): [Written, Written] => [
    { prompt, answer: chosen },
    { prompt, answer: rejected },
  ]);
  const ask = jit((params: P, ids: tf.Tensor, mask: tf.Tensor) => answerLogProbs(model, params, ids, mask), {
    name: "dpo reference",
  });
  const known = await inBatches(texts, { length, batch: 2 * batch }, ({ ids, mask }) =>
    ask(model.params, intsTensor(ids), intsTensor(mask)),
  ).finally(() => ask.dispose());
  return (chosen) => {
    const places = [...chosen.map((i) => 2 * i), ...chosen.map((i) => 2 * i + 1)];
    const { ids, mask } = writtenRows(places.map((i) => texts[i] as Written), length); // prettier-ignore
    return { ids, mask, logReference: tf.tensor1d(places.map((i) => known[i] as number)) };
  };
}
