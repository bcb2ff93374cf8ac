/** Processors against repetition: they look at the text so far. */
import type { Processor } from "./processors";

/**
 * Scores of tokens that the text has already: x / penalty where x > 0 and x * penalty where x < 0, once however often
 * the token came (Keskar et al. 2019, "CTRL", section 4.1, which divides only; with Hugging Face's correction for
 * negative scores, where division would help the token). 1 changes nothing; above 1 repeats come less often.
 *
 * @throws RangeError unless penalty is a number above 0
 */
export function repetitionPenalty(penalty: number): Processor {
  if (!(penalty > 0 && penalty < Infinity))
    throw new RangeError(`repetition penalty must be a number above 0, got ${penalty}.`);
  return (logits, seen) => {
    const changed = logits.slice();
    for (const id of new Set(seen)) {
      const x = logits[id];
      if (x !== undefined) changed[id] = x > 0 ? x / penalty : x * penalty;
    }
    return changed;
  };
}

/**
 * No n tokens in a row come twice: bans each token that once followed the last n - 1 tokens (Paulus, Xiong and Socher
 * 2018, "A Deep Reinforced Model for Abstractive Summarization", section 2.5, there for trigrams).
 *
 * @throws RangeError unless n is a whole number from 1 on
 */
export function noRepeatNgram(n: number): Processor {
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`n-gram: n must be a whole number from 1, got ${n}.`);
  return (logits, seen) => {
    const changed = logits.slice();
    const end = seen.length - (n - 1);
    for (let start = 0; start < end; start++) {
      let same = 0;
      while (same < n - 1 && seen[start + same] === seen[end + same]) same++;
      const next = seen[start + n - 1];
      if (same === n - 1 && next !== undefined && next < changed.length) changed[next] = -Infinity;
    }
    return changed;
  };
}
