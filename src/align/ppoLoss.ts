import { tf } from "../engine";
import { tokenLogProbs } from "./policy";
import type { Policy } from "./policy";
import { placeScores } from "./reward";
import type { RewardParams } from "./reward";
import { sftLoss } from "./sft";

/** What PPO trains: who writes, and who says beforehand how it will end. */
export interface PpoParams<P> {
  readonly policy: P;
  readonly value: RewardParams<P>;
}

/** Some answers of a rollout, as PPO learns from them. All but `ids` are float32 [B, T - 1], by the next token. */
export interface PpoBatch<X = tf.Tensor> {
  /** int32 [B, T] */
  readonly ids: X;
  /** What the policy reads, see `Policy`: the ids again, or states [B, T, C]. */
  readonly input: X;
  /** 1 where the next token belongs to the answer. */
  readonly mask: X;
  /** log pi_old of the tokens, before this iteration. */
  readonly logOld: X;
  readonly advantages: X;
  readonly returns: X;
  /** What the value function said before this iteration. */
  readonly values: X;
  /** Of the pretraining mix: what the policy reads, and labels int32 [B', T']; none without it. */
  readonly ptxInput?: X;
  readonly ptxLabels?: X;
}

export interface PpoCoefficients {
  /** How far from 1 a ratio pi / pi_old counts: 0.2. */
  readonly clip: number;
  /** How far from its old value a value counts. */
  readonly valueClip: number;
  readonly valueCoefficient: number;
  /** gamma of PPO-ptx: what the pretraining loss counts; 0 is plain PPO. */
  readonly ptx: number;
}

/**
 * The clipped objective, as a loss (Schulman et al. 2017, equation 7):
 *
 *     - mean over tokens of  min(ratio A, clip(ratio, 1 - eps, 1 + eps) A)        ratio = pi / pi_old
 *
 * A ratio that has moved beyond the clip in the direction that A asks for has no gradient any more, so that the same
 * answers can be learned from several times.
 *
 * @param logNew, logOld, advantages, mask float32 [B, T]
 * @returns float32 []
 */
export function clippedLoss(
  logNew: tf.Tensor,
  logOld: tf.Tensor,
  advantages: tf.Tensor,
  mask: tf.Tensor,
  clip: number,
): tf.Scalar {
  const ratio = tf.exp(logNew.sub(logOld).mul(mask)); // padding may hold any number: 1 there
  const held = tf.clipByValue(ratio, 1 - clip, 1 + clip);
  return maskedMean(tf.minimum(ratio.mul(advantages), held.mul(advantages)), mask).neg();
}

/** Half the squared error of the values, of which the larger of clipped and unclipped counts, as in the papers' code. */
export function valueLoss(
  values: tf.Tensor,
  old: tf.Tensor,
  returns: tf.Tensor,
  mask: tf.Tensor,
  clip: number,
): tf.Scalar {
  const held = old.add(tf.clipByValue(values.sub(old), -clip, clip));
  const errors = tf.maximum(tf.square(values.sub(returns)), tf.square(held.sub(returns)));
  return maskedMean(errors, mask).mul(0.5);
}

/**
 * All that one step makes smaller: the clipped objective, the value function's error, and gamma times the pretraining
 * loss (Ouyang et al. 2022, equation 2). There gamma = 27.8 multiplies a sum over a batch of texts; here it multiplies a
 * mean over tokens, as all losses of the lab are.
 */
export function ppoLoss<P>(policy: Policy<P>, { clip, valueClip, valueCoefficient, ptx }: PpoCoefficients) {
  return (params: PpoParams<P>, batch: PpoBatch): tf.Scalar => {
    const { ids, input, mask, advantages, returns } = batch;
    const logNew = tokenLogProbs(policy, params.policy, input, ids);
    const values = nextPlaces(placeScores(policy, params.value, input)); // [B, T - 1]
    const policyLoss = clippedLoss(logNew, batch.logOld, advantages, mask, clip);
    const errors = valueLoss(values, batch.values, returns, mask, valueClip);
    const loss = policyLoss.add(errors.mul(valueCoefficient)) as tf.Scalar;
    if (ptx === 0 || !batch.ptxInput || !batch.ptxLabels) return loss;
    const pretraining = sftLoss(policy)(params.policy, { inputs: batch.ptxInput, labels: batch.ptxLabels });
    return loss.add(pretraining.mul(ptx)) as tf.Scalar;
  };
}

/** The places before a next token, [B, T] to [B, T - 1]. */
export function nextPlaces(scores: tf.Tensor): tf.Tensor {
  const [batch, time] = scores.shape as [number, number];
  return scores.slice([0, 0], [batch, time - 1]);
}

const maskedMean = (values: tf.Tensor, mask: tf.Tensor): tf.Scalar =>
  tf.sum(values.mul(mask)).div(tf.maximum(tf.sum(mask), 1)) as tf.Scalar;
