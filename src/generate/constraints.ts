/** Processors that say which tokens can come at all. */
import { keeping } from "./processors";
import type { Processor } from "./processors";

/**
 * These tokens never come.
 * @throws RangeError for a bad id; when used, for one outside the vocabulary
 */
export function banned(ids: readonly number[]): Processor {
  checkWhole("banned", ids);
  return (logits) => {
    checkInside("banned", ids, logits.length);
    const changed = logits.slice();
    for (const id of ids) changed[id] = -Infinity;
    return changed;
  };
}

/**
 * Bans the last token of each of these rows of tokens where the text ends with the others: the row never comes whole.
 * What is banned is this way of writing a string: the same string in other tokens can come.
 *
 * @throws RangeError for an empty row or a bad id
 */
export function bannedSequences(sequences: readonly (readonly number[])[]): Processor {
  for (const ids of sequences) {
    if (ids.length === 0) throw new RangeError("banned sequence: a row of tokens is empty.");
    checkWhole("banned sequence", ids);
  }
  return (logits, seen) => {
    const changed = logits.slice();
    for (const ids of sequences) {
      checkInside("banned sequence", ids, logits.length);
      const from = seen.length - (ids.length - 1);
      if (from < 0 || !ids.slice(0, -1).every((id, i) => seen[from + i] === id)) continue;
      changed[ids.at(-1) as number] = -Infinity;
    }
    return changed;
  };
}

/**
 * Only these tokens can come: always the same, or those that a function gives for the text so far (as a grammar or a
 * list of answers does); where it gives none, `undefined`, all can.
 *
 * @throws RangeError when used, for an id outside the vocabulary or an empty list
 */
export function allowed(
  choice: readonly number[] | ((seen: readonly number[]) => readonly number[] | undefined),
): Processor {
  return (logits, seen) => {
    const ids = typeof choice === "function" ? choice(seen) : choice;
    if (ids === undefined) return logits.slice();
    if (ids.length === 0)
      throw new RangeError(
        "allowed: the list is empty, so every token is banned. Cure: allow one, or give undefined.",
      );
    checkInside("allowed", ids, logits.length);
    return keeping(logits, ids);
  };
}

/**
 * The answer begins with these tokens, whatever the model thinks of them.
 *
 * @param ids in order
 * @param promptLength tokens of the prompt: the text of this length gets the first of `ids`
 * @throws RangeError for bad ids or a bad length; when used, for an id outside the vocabulary
 */
export function forced(ids: readonly number[], promptLength: number): Processor {
  checkWhole("forced", ids);
  if (!Number.isInteger(promptLength) || promptLength < 0)
    throw new RangeError(`forced: the prompt's length is ${promptLength}.`);
  return (logits, seen) => {
    const id = ids[seen.length - promptLength];
    if (id === undefined) return logits.slice();
    checkInside("forced", [id], logits.length);
    const changed = new Float32Array(logits.length).fill(-Infinity);
    changed[id] = 0; // also where a processor before had banned it
    return changed;
  };
}

function checkWhole(what: string, ids: readonly number[]): void {
  const bad = ids.find((id) => !Number.isInteger(id) || id < 0);
  if (bad !== undefined) throw new RangeError(`${what}: ${bad} is no token id.`);
}

function checkInside(what: string, ids: readonly number[], vocabSize: number): void {
  const bad = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (bad !== undefined) throw new RangeError(`${what}: token ${bad} is outside 0 to ${vocabSize - 1}.`);
}
