/**
 * The acceptance of speculative sampling (Leviathan, Kalman and Matias 2023, section 2.3 and appendix A.1; Chen et al.
 * 2023, theorem 1): a cheap draft proposes tokens, and what is kept of them is distributed as if the target alone had
 * drawn. No model is in sight here, only numbers.
 */
import { sampleFrom } from "../distribution";

/** What a round came to. */
export interface DraftAcceptance {
  /** How many drafted tokens are kept, from the first on. */
  readonly accepted: number;
  /** The target's own token after them. */
  readonly next: number;
  /** min(1, p(x) / q(x)) of each token that was looked at: the kept ones, and the first that was refused. */
  readonly chances: readonly number[];
}

/**
 * Keeps drafted token x with probability min(1, p(x) / q(x)) and stops at the first that is refused. There, the next
 * token comes from norm(max(0, p - q)): just what was drafted too seldom. After g kept tokens it comes from p_(g+1).
 *
 * That the result has distribution p: x comes by being kept with q(x) min(1, p(x) / q(x)) = min(p(x), q(x)), and
 * otherwise with p(x) - min(p(x), q(x)), since a refusal has probability sum_x max(0, p(x) - q(x)), the residual's norm.
 *
 * The distributions are those that tokens are drawn from, after temperature, top-p and all other processors. A target
 * that is one-hot (temperature 0) keeps just the tokens that greedy decoding would have written.
 *
 * @param drafted ids x_1 .. x_g; g may be 0
 * @param draft q_1 .. q_g, each [V]; without it every q_i is certain of x_i, as prompt lookup and greedy drafts are
 * @param target p_1 .. p_(g+1), each [V]: p_i after the text and x_1 .. x_(i-1)
 * @param numbers g + 1 numbers from [0, 1): one a drafted token, and the last for the next token
 * @throws RangeError where the lengths do not fit, or a drafted token has probability 0 in its own draft
 */
export function acceptDrafted(
  drafted: readonly number[],
  draft: readonly Float32Array[] | undefined,
  target: readonly Float32Array[],
  numbers: readonly number[],
): DraftAcceptance {
  checkRound(drafted, draft, target, numbers);
  const last = numbers[drafted.length] as number;
  const chances: number[] = [];
  for (const [i, id] of drafted.entries()) {
    const p = target[i] as Float32Array;
    const q = draft?.[i];
    const chance = Math.min(1, (p[id] as number) / (q ? (q[id] as number) : 1));
    chances.push(chance);
    if ((numbers[i] as number) >= chance)
      return { accepted: i, next: sampleFrom(residual(p, q ?? id), last), chances };
  }
  return {
    accepted: drafted.length,
    next: sampleFrom(target[drafted.length] as Float32Array, last),
    chances,
  };
}

/**
 * norm(max(0, p - q)): what the target wants more often than the draft gives it.
 *
 * @param p [V]
 * @param q [V], or the one id that a draft is certain of
 * @returns probabilities [V]; p where it is nowhere above q, as two equal distributions (then nothing is refused)
 */
export function residual(p: Float32Array, q: Float32Array | number): Float32Array {
  const rest = new Float64Array(p.length);
  let total = 0;
  for (let id = 0; id < p.length; id++) {
    const drafted = typeof q === "number" ? Number(id === q) : (q[id] as number);
    total += rest[id] = Math.max(0, (p[id] as number) - drafted);
  }
  if (total === 0) return p.slice();
  const normalised = new Float32Array(p.length);
  for (let id = 0; id < p.length; id++) normalised[id] = (rest[id] as number) / total;
  return normalised;
}

function checkRound(
  drafted: readonly number[],
  draft: readonly Float32Array[] | undefined,
  target: readonly Float32Array[],
  numbers: readonly number[],
): void {
  const count = drafted.length;
  if (draft && draft.length !== count)
    throw new RangeError(`${count} drafted tokens with ${draft.length} distributions of the draft.`);
  if (target.length !== count + 1)
    throw new RangeError(
      `${count} drafted tokens need ${count + 1} distributions of the target, one after each and one before: got ${target.length}.`,
    );
  if (numbers.length !== count + 1)
    throw new RangeError(`${count} drafted tokens need ${count + 1} random numbers, got ${numbers.length}.`);
  const bad = numbers.find((u) => !(u >= 0 && u < 1));
  if (bad !== undefined) throw new RangeError(`Random numbers are from [0, 1), got ${bad}.`);
  const size = (target[0] as Float32Array).length;
  for (const each of [...target, ...(draft ?? [])])
    if (each.length !== size)
      throw new RangeError(
        `Distributions over ${size} and ${each.length} tokens: draft and target need one vocabulary.`,
      );
  drafted.forEach((id, i) => {
    if (!Number.isInteger(id) || id < 0 || id >= size)
      throw new RangeError(`Drafted token ${id} at place ${i} is outside 0 to ${size - 1}.`);
    const q = draft?.[i];
    if (q && !((q[id] as number) > 0))
      throw new RangeError(
        `Drafted token ${id} at place ${i} has probability ${q[id]} in its own draft. Cure: give the distribution it was drawn from.`,
      );
  });
}
