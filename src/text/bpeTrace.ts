import { type BpeModel, compileBpe } from "./bpeModel";
import { showBytes, textToBytes } from "./bytes";

/** The state of a word after one merge. */
export interface MergeStep {
  /** 0 for the word as bytes, then 1, 2, ... */
  readonly step: number;
  /** The two tokens that were joined, in printable form; undefined at step 0. */
  readonly pair: readonly [string, string] | undefined;
  /**
   * Rank of the merge: when training learned it, 0 first (in a model of ranks: the id of the token it makes);
   * undefined at step 0.
   */
  readonly rank: number | undefined;
  /** The tokens after the step, in printable form. */
  readonly tokens: readonly string[];
  /** Their ids. */
  readonly ids: readonly number[];
}

/**
 * Replays the merges of one word step by step: what `encode` does to it, slowly and in the open. The text is
 * taken as one word, without the model's split; a model's `wholeWords` shortcut is not taken.
 *
 * @throws RangeError when the model contradicts itself (see `compileBpe`).
 */
export function traceMerges(model: BpeModel, word: string): MergeStep[] {
  const { merges, byteIds, pool, offsets } = compileBpe(model);
  const show = (id: number) => showBytes(pool.subarray(offsets[id], offsets[id + 1]));
  let ids = Array.from(textToBytes(word), (byte) => byteIds[byte]).filter((id) => id >= 0);
  const steps: MergeStep[] = [{ step: 0, pair: undefined, rank: undefined, tokens: ids.map(show), ids }];
  for (;;) {
    let best = -1;
    let bestRank = Infinity;
    for (let i = 0; i + 1 < ids.length; i++) {
      const rank = merges.ranks.get(ids[i], ids[i + 1]);
      if (rank >= 0 && rank < bestRank) [best, bestRank] = [i, rank];
    }
    if (best < 0) return steps;
    const pair = [show(ids[best]), show(ids[best + 1])] as const;
    ids = [...ids.slice(0, best), merges.merged[bestRank], ...ids.slice(best + 2)];
    steps.push({ step: steps.length, pair, rank: bestRank, tokens: ids.map(show), ids });
  }
}
