import { createHash } from "node:crypto";
import { readResult, readResults, writeResult } from "./results";

/** Part k of n of a class. */
export interface Shard {
  readonly k: number;
  readonly n: number;
}

/** "2/5" is the second of five parts. @throws RangeError for anything else */
export function parseShard(text: string): Shard {
  const [, k, n] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (k === undefined || n === undefined || k < 1 || k > n)
    throw new RangeError(`--shard ${text}: give k/n with k from 1 to n, such as 2/5 for the second of five parts.`);
  return { k, n };
} // prettier-ignore

/** Whether a learner belongs to a part. It depends on the name alone: parts need not know each other. */
export function inShard(learner: string, { k, n }: Shard): boolean {
  const hash = createHash("sha256").update(learner).digest();
  return hash.readUInt32BE(0) % n === k - 1;
}

/**
 * Puts the results of several folders into one. Of a learner who is in more than one, the result that was made last
 * is kept.
 *
 * @returns what was done: how many results, and a sentence for each learner who was in more than one
 */
export function mergeResults(folders: readonly string[], out: string): { count: number; said: string[] } {
  const said: string[] = [];
  const learners = new Set<string>();
  for (const folder of folders) {
    for (const result of readResults(folder)) {
      const there = readResult(out, result.learner);
      const again = learners.has(result.learner) || (there !== undefined && there.key !== result.key);
      learners.add(result.learner);
      const newer = there === undefined || Date.parse(result.gradedAt) >= Date.parse(there.gradedAt);
      if (newer) writeResult(out, result);
      if (again) {
        const kept = newer ? result : there;
        said.push(`${result.learner} was graded more than once; the result of ${kept.gradedAt} is kept.`);
      }
    }
  }
  return { count: learners.size, said };
}
