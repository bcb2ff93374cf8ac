/** Scores as a distribution over the next token, and a draw from it. Plain numbers: the same on every engine. */
import { uniform } from "../engine";
import type { Rng } from "../engine";

/**
 * exp(x_i) / sum_j exp(x_j), with the largest score taken off first so that nothing overflows. Sums are of 64 bits.
 *
 * @param logits scores [V]; -Infinity (a banned token) becomes 0
 * @returns probabilities [V]
 * @throws RangeError where a score is no number or +Infinity, or every token is banned
 */
export function softmax(logits: Float32Array): Float32Array {
  const { weights, total } = exponentials(logits);
  const probabilities = new Float32Array(logits.length);
  for (let id = 0; id < logits.length; id++) probabilities[id] = (weights[id] as number) / total;
  return probabilities;
}

/** ln sum_j exp(x_j): what turns a score into a log probability. @throws as `softmax` */
export function logSumExp(logits: Float32Array): number {
  const { max, total } = exponentials(logits);
  return max + Math.log(total);
}

/** ln of the probability of `id`, in nats. @throws as `softmax`; RangeError for an id outside the vocabulary */
export function logProbability(logits: Float32Array, id: number): number {
  if (!Number.isInteger(id) || id < 0 || id >= logits.length)
    throw new RangeError(`Token ${id} is outside 0 to ${logits.length - 1}.`);
  return (logits[id] as number) - logSumExp(logits);
}

/** The id of the largest score, the lowest of those that tie. @throws as `softmax` */
export function argmax(logits: Float32Array): number {
  let best = -1;
  let max = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const x = logits[id] as number;
    if (x > max) {
      best = id;
      max = x;
    } else if (Number.isNaN(x)) throw badScore(logits, id);
  }
  if (best < 0) throw allBanned(logits);
  if (max === Infinity) throw badScore(logits, best);
  return best;
}

/** - sum_i p_i ln p_i, in nats: 0 where one token is certain, ln V where all are equally likely. */
export function entropy(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const p = probabilities[id] as number;
    if (p > 0) sum -= p * Math.log(p);
  }
  return sum;
}

/**
 * A token drawn by the inverse of the distribution function: the first id, counted from 0, up to which the
 * probabilities sum to more than u. A token of probability 0 never comes.
 *
 * @param probabilities [V], or any weights: they are divided by their sum
 * @param from a generator, which is advanced by one number, or u itself, from [0, 1)
 * @throws RangeError for u outside [0, 1), a weight that is negative or no number, or weights that are all 0
 */
export function sampleFrom(probabilities: ArrayLike<number>, from: Rng | number): number {
  let total = 0;
  let last = -1;
  for (let id = 0; id < probabilities.length; id++) {
    const p = probabilities[id] as number;
    if (!(p >= 0 && p < Infinity)) throw new RangeError(`The probability of token ${id} is ${p}.`);
    if (p > 0) last = id;
    total += p;
  }
  if (last < 0) throw new RangeError("Every token has probability 0: there is none to draw.");
  const u = typeof from === "number" ? from : uniform(from);
  if (!(u >= 0 && u < 1)) throw new RangeError(`u must be from [0, 1), got ${u}.`);
  let sum = 0;
  for (let id = 0; id < last; id++) {
    const p = probabilities[id] as number;
    sum += p;
    if (p > 0 && sum > u * total) return id;
  }
  return last; // also where u * total was rounded up to the total
}

/** The largest score, exp(x_i - max) of each token in 64 bits, and their sum. @throws as `softmax` */
export function exponentials(logits: Float32Array): { max: number; weights: Float64Array; total: number } {
  const max = logits[argmax(logits)] as number;
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let id = 0; id < logits.length; id++) {
    const x = logits[id] as number;
    if (x !== -Infinity) total += weights[id] = Math.exp(x - max);
  }
  return { max, weights, total };
}

function allBanned(logits: Float32Array): RangeError {
  return new RangeError(
    logits.length === 0
      ? "There are no scores: the vocabulary is empty."
      : `Every token is banned: all ${logits.length} scores are -Infinity. Cure: leave at least one token, ` +
          "and look which processor takes the last.",
  );
}

function badScore(logits: Float32Array, id: number): RangeError {
  return new RangeError(
    `The score of token ${id} is ${logits[id]}: scores are numbers, or -Infinity for what cannot come. ` +
      "Cure: look for an overflow in the model, or in a processor before.",
  );
}
