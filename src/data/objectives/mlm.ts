import { integer, shuffle, uniform } from "../../engine";
import type { Rng } from "../../engine";
import { IGNORE } from "../batches";
import { roundHalfEven } from "./draw";

export interface MlmConfig {
  /** The id of [MASK]. */
  readonly mask: number;
  /** Random replacements are drawn from all ids below this. */
  readonly vocabSize: number;
  /** Ids that are never chosen: [CLS], [SEP], [PAD]. */
  readonly special: readonly number[];
  /** Share of the text that is asked for; 0.15. */
  readonly share?: number;
  /** Of what is chosen, how much becomes [MASK] and how much a random id; the rest stays. 0.8 and 0.1. */
  readonly masked?: number;
  readonly random?: number;
  /** At most so many are asked for (BERT: 20 of 128). */
  readonly most?: number;
  /**
   * Whole-word masking: does this id go on with the word of the id before it ("##ing")? Words are then chosen whole,
   * and each of their pieces is replaced on its own.
   */
  readonly continues?: (id: number) => boolean;
}

export interface MlmExample {
  readonly inputs: Int32Array;
  /** The original id at each chosen place, IGNORE elsewhere. */
  readonly labels: Int32Array;
}

/**
 * Masked language modelling (Devlin 2019, section 3.1, task 1; `create_masked_lm_predictions` in its code).
 *
 * Chosen are round(share * n) places, at least one, in random order, special tokens left out. (n counts the special
 * tokens too, as in BERT's code.) Of a chosen place 80 % become [MASK], 10 % a random id, 10 % stay as they are: the
 * model must then know about every place, since any may be wrong.
 *
 * @throws RangeError for shares that are none
 */
export function maskedLm(ids: ArrayLike<number>, config: MlmConfig, rng: Rng): MlmExample {
  const { mask, vocabSize, special, share = 0.15, masked = 0.8, random = 0.1, most = Infinity } = config;
  if (!(share > 0 && share <= 1)) throw new RangeError(`maskedLm: share must lie in (0, 1], got ${share}`);
  if (!(masked >= 0 && random >= 0 && masked + random <= 1))
    throw new RangeError(`maskedLm: masked ${masked} and random ${random} must be shares of 1`);
  const inputs = Int32Array.from(ids);
  const labels = new Int32Array(ids.length).fill(IGNORE);
  const count = Math.min(most, Math.max(1, roundHalfEven(ids.length * share)));
  let chosen = 0;
  for (const word of shuffle(rng, wordsOf(ids, special, config.continues))) {
    if (chosen >= count) break;
    if (chosen + word.length > count) continue; // a word that is too long for what is left
    chosen += word.length;
    for (const place of word) {
      labels[place] = ids[place]!;
      if (uniform(rng) < masked) inputs[place] = mask;
      else if (uniform(rng) < random / (1 - masked)) inputs[place] = integer(rng, vocabSize);
    }
  }
  return { inputs, labels };
}

/** The places that may be chosen, each a word of its own, or with the pieces that go on with it. */
function wordsOf(
  ids: ArrayLike<number>,
  special: readonly number[],
  continues: ((id: number) => boolean) | undefined,
): number[][] {
  const words: number[][] = [];
  for (let i = 0; i < ids.length; i++) {
    if (special.includes(ids[i]!)) continue;
    const last = words.at(-1);
    if (continues?.(ids[i]!) && last?.at(-1) === i - 1) last.push(i);
    else words.push([i]);
  }
  return words;
}
