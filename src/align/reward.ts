/**
 * The reward model: what a labeller would say of an answer, as one number.
 *
 * It is the SFT model with its unembedding taken away and a scalar in its place (Ouyang et al. 2022, section 3.5). It
 * learns from comparisons: the answer that was preferred must score higher, by the model of Bradley and Terry (1952),
 * P(w over l) = sigmoid(r(x, y_w) - r(x, y_l)).
 */
import { fork, normalTensor, shuffle, tf } from "../engine";
import type { Rng } from "../engine";
import type { Ints } from "../data";
import { dense } from "../nn";
import type { DenseParams } from "../nn";
import { takeLast } from "../ops";
import { mapTensors } from "../tree";
import type { Policy } from "./policy";
import { comparisonsOf } from "./ranking";
import type { Comparison } from "./ranking";
import { writtenRows } from "./rows";

/** A model's blocks and, above them, one number for each place. */
export interface RewardParams<P> {
  /** All that comes before the unembedding. */
  readonly trunk: P;
  /** [C, 1], bias [1] */
  readonly head: DenseParams;
}

/**
 * A reward model before its first comparison: a copy of the SFT model, and a head of small random numbers, deviation
 * 1 / sqrt(C + 1) (Stiennon et al. 2020, appendix B.1).
 */
export function initReward<P>(sft: P, dModel: number, rng: Rng): RewardParams<P> {
  return {
    trunk: mapTensors(withoutUnembedding(sft), (tensor) => tensor.clone()) as P,
    head: {
      weight: normalTensor(fork(rng, "head"), [dModel, 1], 1 / Math.sqrt(dModel + 1)),
      bias: tf.zeros([1]),
    },
  };
}

/** A tied model has no unembedding of its own: its table of tokens stays, since it is where ids go in. */
function withoutUnembedding<P>(params: P): P {
  const { head, ...rest } = params as P & { readonly head?: unknown };
  return rest as P;
}

/**
 * A number for each place: of a value function all are used, of a reward model the last one.
 * @param input as `tokenLogProbs`
 * @returns float32 [B, T]
 */
export function placeScores<P>(
  policy: Pick<Policy<P>, "states">,
  { trunk, head }: RewardParams<P>,
  input: tf.Tensor,
): tf.Tensor {
  return dense(head, policy.states(trunk, input, {})).squeeze([2]); // [B, T]
}

/**
 * r(x, y): the number at the last token of each text.
 * @param last int32 [B]
 * @returns float32 [B]
 */
export function rewards<P>(
  policy: Pick<Policy<P>, "states">,
  params: RewardParams<P>,
  input: tf.Tensor,
  last: tf.Tensor,
): tf.Tensor {
  return takeLast(placeScores(policy, params, input), last);
}

/**
 * The pairwise ranking loss, all answers to one prompt together:
 *
 *     loss = - 1 / C(K, 2)  sum over pairs (w, l)  log sigmoid(r_w - r_l)
 *
 * the mean over the prompts. Each answer is read once, whatever the number of its pairs, and a prompt counts as one
 * example: shuffled into separate examples its pairs over-fit in one pass (Ouyang et al. 2022, section 3.5, equation 1).
 *
 * @param scores float32 [N, K], K answers to each of N prompts
 * @param wins float32 [N, K, K]: how often answer i was preferred to answer j; of three labellers who differ 2 and 1
 * @returns float32 []; 0 where there is no pair
 */
export function rankingLoss(scores: tf.Tensor, wins: tf.Tensor): tf.Scalar {
  const [prompts, answers] = scores.shape as [number, number];
  const better = scores.reshape([prompts, answers, 1]); // [N, K, 1]
  const worse = scores.reshape([prompts, 1, answers]); // [N, 1, K]
  const costs = tf.softplus(worse.sub(better)); // [N, K, K], -log sigmoid(r_w - r_l) = softplus(r_l - r_w)
  const counts = tf.sum(wins, [1, 2]); // [N]
  const means = tf.sum(wins.mul(costs), [1, 2]).div(tf.maximum(counts, 1)); // [N]
  const judged = tf.sum(tf.greater(counts, 0).cast("float32"));
  return tf.sum(means).div(tf.maximum(judged, 1)) as tf.Scalar;
}

/** The answers to one prompt, as ids, and who was preferred to whom. */
export interface ComparedAnswers {
  readonly prompt: readonly number[];
  readonly answers: readonly (readonly number[])[];
  /** Places in `answers`; a pair that several labellers judged comes several times. */
  readonly comparisons: readonly Comparison[];
}

/** All pairs of a ranking: 1 is the best, equal ranks are no pair. */
export const rankedAnswers = (
  prompt: readonly number[],
  answers: readonly (readonly number[])[],
  ranks: readonly number[],
): ComparedAnswers => ({ prompt, answers, comparisons: comparisonsOf(ranks) });

/** N prompts with up to K answers each. */
export interface RankingBatch<X = Ints | tf.Tensor> {
  /** int32 [N * K, T] */
  readonly ids: X;
  /** int32 [N * K] */
  readonly last: X;
  /** float32 [N, K, K] */
  readonly wins: X;
}

/**
 * @param answers K: prompts with fewer answers are filled up
 * @param length T
 * @returns plain data and a tensor, which `train` frees
 * @throws RangeError naming the prompt with fewer than two answers, or more than K
 */
export function rankingBatch(
  compared: readonly ComparedAnswers[],
  answers: number,
  length: number,
): RankingBatch {
  const wins = new Float32Array(compared.length * answers * answers);
  const texts = compared.flatMap((each, n) => {
    const count = each.answers.length;
    if (count < 2 || count > answers)
      throw new RangeError(`prompt ${n}: ${count} answers; it must be 2 to ${answers}`);
    for (const [winner, loser] of each.comparisons) wins[(n * answers + winner) * answers + loser]!++;
    return Array.from({ length: answers }, (_, k) => ({
      prompt: each.prompt,
      answer: each.answers[k] ?? (each.answers[0] as readonly number[]),
    }));
  });
  const { ids, last } = writtenRows(texts, length);
  return { ids, last, wins: tf.tensor3d(wins, [compared.length, answers, answers]) };
}

/** The loss of a reward model on a `RankingBatch`, for `train`. */
export function rewardLoss<P>(policy: Pick<Policy<P>, "states">) {
  return (params: RewardParams<P>, { ids, last, wins }: RankingBatch<tf.Tensor>): tf.Scalar => {
    const [prompts, answers] = wins.shape as [number, number];
    return rankingLoss(rewards(policy, params, ids, last).reshape([prompts, answers]), wins); // [N, K]
  };
}

/**
 * Each pair as an example of its own, in random order: what one should NOT do, to see it over-fit. An answer then comes
 * back up to K - 1 times in one pass over the data.
 */
export function splitPairs(compared: readonly ComparedAnswers[], rng: Rng): ComparedAnswers[] {
  const pairs = compared.flatMap(({ prompt, answers, comparisons }) =>
    comparisons.map((pair) => ({
      prompt,
      answers: pair.map((place) => answers[place] as readonly number[]),
      comparisons: [[0, 1]] as const,
    })),
  );
  return shuffle(rng, pairs);
}

/** The same prompts with `count` of their answers each, drawn at random: what fewer answers would have brought. */
export function fewerAnswers(
  compared: readonly ComparedAnswers[],
  count: number,
  rng: Rng,
): ComparedAnswers[] {
  return compared.map(({ prompt, answers, comparisons }) => {
    const kept = shuffle(rng, [...answers.keys()]).slice(0, count);
    return {
      prompt,
      answers: kept.map((place) => answers[place] as readonly number[]),
      comparisons: comparisons
        .map(([winner, loser]): Comparison => [kept.indexOf(winner), kept.indexOf(loser)])
        .filter((pair) => !pair.includes(-1)),
    };
  });
}

/**
 * The same reward model with another zero: a comparison says nothing about where it lies, and PPO wants rewards around
 * 0. So the mean over demonstrations is taken off the bias (Ouyang et al. 2022, section 3.5).
 * @param mean of the rewards of the demonstrations
 * @returns a tree that shares all tensors but the bias, which is new
 */
export function shiftReward<P>(params: RewardParams<P>, mean: number): RewardParams<P> {
  const { weight, bias } = params.head;
  return { ...params, head: { weight, bias: tf.tidy(() => (bias ?? tf.zeros([1])).sub(mean)) } };
}
