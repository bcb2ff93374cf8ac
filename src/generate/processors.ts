/**
 * Logits processors: functions from scores to scores, put between the model and the draw. Each gives a new array; a
 * score of -Infinity is a token that cannot come. Those of this file reshape the distribution or cut its tail;
 * penalties.ts and constraints.ts have the others.
 *
 * They are applied in the order of the list, and the order matters: top-p after a low temperature keeps fewer tokens
 * than before it. Hugging Face's order is: penalties, constraints, temperature, top-k, top-p, min-p, typical.
 * All give what its processors give, but for ties, where ours keep exactly as many tokens as asked, lower ids first.
 */
import { argmax, exponentials } from "./distribution";
import { boundOfLargest, fewestReaching } from "./select";

/**
 * @param logits scores of the next token [V], not changed
 * @param seen ids of the text so far, prompt and answer
 * @returns new scores [V]
 */
export type Processor = (logits: Float32Array, seen: readonly number[]) => Float32Array;

/**
 * The processors of a list, one after the other.
 * @throws RangeError where a score is no number or +Infinity, or every token is banned at the end
 */
export function applyProcessors(
  processors: readonly Processor[],
  logits: Float32Array,
  seen: readonly number[],
): Float32Array {
  argmax(logits); // a model that overflowed must not pass as one that bans tokens
  const processed = processors.reduce((scores, processor) => processor(scores, seen), logits);
  argmax(processed);
  return processed;
}

/**
 * x_i / T: below 1 sharper, above 1 flatter (Ackley, Hinton and Sejnowski 1985, "A Learning Algorithm for Boltzmann
 * Machines"). T = 0 is its limit, greedy decoding: all but the largest score (the lowest id of a tie) become
 * -Infinity, as they do where T is so small that x / T overflows.
 *
 * @throws RangeError for T below 0 or not finite
 */
export function temperature(T: number): Processor {
  if (!(T >= 0 && T < Infinity))
    throw new RangeError(`temperature must be a number from 0 (greedy) on, got ${T}.`);
  return (logits) => {
    const best = argmax(logits);
    if (T === 0) return keeping(logits, [best]);
    const scaled = new Float32Array(logits.length);
    for (let id = 0; id < logits.length; id++) {
      const x = logits[id] as number;
      scaled[id] = x / T;
      const y = scaled[id] as number; // as float32 has it
      if (y === Infinity || (y === -Infinity && x !== y)) return keeping(logits, [best]);
    }
    return scaled;
  };
}

/**
 * The k largest scores (Fan, Lewis and Dauphin 2018, "Hierarchical Neural Story Generation", section 5.4). Exactly k:
 * of scores that tie at the border the lower ids stay. (Hugging Face and nanoGPT keep all that tie there.)
 *
 * @throws RangeError unless k is a whole number from 1 on
 */
export function topK(k: number): Processor {
  if (!Number.isInteger(k) || k < 1)
    throw new RangeError(`top-k: k must be a whole number from 1, got ${k}.`);
  return (logits) => {
    if (k >= logits.length) return logits.slice();
    return keeping(logits, fewestReaching(logits, undefined, k, boundOfLargest(logits, k)));
  };
}

/**
 * The nucleus: the fewest tokens, most likely first, whose probabilities sum to p or more (Holtzman et al. 2020, "The
 * Curious Case of Neural Text Degeneration", equation 2). Always at least one.
 *
 * @throws RangeError unless 0 < p <= 1
 */
export function topP(p: number): Processor {
  checkShare("top-p", p);
  return (logits) => {
    if (p === 1) return logits.slice();
    const { max, weights, total } = exponentials(logits);
    // All tokens less likely than (1 - p) / V sum to less than 1 - p. The last factor is room for rounding.
    const least = max + Math.log(((1 - p) / logits.length) * total * 0.999);
    return keeping(logits, fewestReaching(logits, weights, p * total, least));
  };
}

/**
 * Tokens at least p times as likely as the likeliest (Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling",
 * section 3): few where the model is sure, many where it is not. In scores: x_i >= max x + ln p.
 *
 * @throws RangeError unless 0 < p <= 1
 */
export function minP(p: number): Processor {
  checkShare("min-p", p);
  return (logits) => {
    const least = (logits[argmax(logits)] as number) + Math.log(p);
    const kept = new Float32Array(logits.length).fill(-Infinity);
    for (let id = 0; id < logits.length; id++) {
      const x = logits[id] as number;
      if (x >= least) kept[id] = x;
    }
    return kept;
  };
}

/**
 * The fewest tokens whose probabilities sum to p or more, those first whose surprise -ln p_i is nearest to the
 * entropy: neither the dull nor the odd ones (Meister et al. 2023, "Locally Typical Sampling", equation 9).
 *
 * @throws RangeError unless 0 < p <= 1
 */
export function typicalP(p: number): Processor {
  checkShare("typical-p", p);
  return (logits) => {
    if (p === 1) return logits.slice();
    const { max, weights, total } = exponentials(logits);
    const normalizer = max + Math.log(total);
    let entropy = 0;
    for (let id = 0; id < logits.length; id++) {
      const weight = weights[id] as number;
      if (weight > 0) entropy += (weight / total) * (normalizer - (logits[id] as number));
    }
    const nearness = new Float64Array(logits.length);
    for (let id = 0; id < logits.length; id++)
      nearness[id] = -Math.abs(normalizer - (logits[id] as number) - entropy);
    return keeping(logits, fewestReaching(nearness, weights, p * total));
  };
}

/** These tokens as they are, and -Infinity for all others. */
export function keeping(logits: Float32Array, ids: ArrayLike<number>): Float32Array {
  const kept = new Float32Array(logits.length).fill(-Infinity);
  for (let i = 0; i < ids.length; i++) kept[ids[i] as number] = logits[ids[i] as number] as number;
  return kept;
}

function checkShare(what: string, p: number): void {
  if (!(p > 0 && p <= 1)) throw new RangeError(`${what}: p must be above 0 and at most 1, got ${p}.`);
}
