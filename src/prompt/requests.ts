/** Requests to a scorer: what is wrong with them, and the order in which their beginnings are shared. */
import type { ScoreRequest } from "./scorer";

/** What a model can read. */
export interface Limits {
  /** Most tokens of a prompt and an answer together. */
  readonly context: number;
  /** Ids are below it, where it is known. */
  readonly vocabSize?: number;
}

/**
 * @throws RangeError naming the request, by its index, that has no prompt, no answer, an empty answer, too many tokens or
 *   an id that no token has
 */
export function checkRequests(requests: readonly ScoreRequest[], limits: Limits): void {
  requests.forEach((request, index) => {
    const wrong = faultOf(request, limits);
    if (wrong !== undefined) throw new RangeError(`Request ${index}: ${wrong}`);
  });
}

function faultOf({ prompt, answers }: ScoreRequest, { context, vocabSize = Infinity }: Limits) {
  if (prompt.length === 0)
    return "its prompt is empty, and a model needs a token to go on from. Cure: begin with a special token, or any word.";
  if (answers.length === 0) return "it has no answer. Cure: give the ids of at least one label word.";
  for (const [i, answer] of answers.entries()) {
    if (answer.length === 0) return `its answer ${i} is empty. Cure: a label word of at least one token.`;
    if (prompt.length + answer.length > context)
      return (
        `its prompt of ${prompt.length} tokens and answer ${i} of ${answer.length} are more than the context of ` +
        `${context}. Cure: shorten the prompt; a template says which of its parts may be cut.`
      );
  }
  for (const [what, ids] of [
    ["prompt", prompt] as const,
    ...answers.map((ids, i) => [`answer ${i}`, ids] as const),
  ]) {
    const at = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (at >= 0) return `its ${what} has id ${ids[at]} at place ${at}, outside 0 to ${vocabSize - 1}.`;
  }
  return undefined;
}

/** A batch of texts of about one length. */
export interface LengthBatch {
  /** Numbers of its texts, the shortest first. */
  readonly members: readonly number[];
  /** As many as a batch has: where texts are too few the first one comes again, so that all batches have one shape. */
  readonly filled: readonly number[];
  /** The least of the widths that holds them; the largest where none does. */
  readonly length: number;
}

/** Texts in batches by their lengths, so that little is computed on padding. @param widths in ascending order */
export function lengthBatches(
  texts: readonly { readonly length: number }[],
  batch: number,
  widths: readonly number[],
): LengthBatch[] {
  const order = texts.map((_, i) => i).sort((i, j) => texts[i]!.length - texts[j]!.length || i - j);
  return Array.from({ length: Math.ceil(order.length / batch) }, (_, n) => {
    const members = order.slice(n * batch, (n + 1) * batch);
    const longest = texts[members.at(-1)!]!.length;
    return {
      members,
      filled: Array.from({ length: batch }, (_, b) => members[b] ?? members[0]!),
      length: widths.find((width) => width >= longest) ?? widths.at(-1)!,
    };
  });
}

/** How many first ids two texts have in common. */
export function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/**
 * Lexicographic order, a text before those that go on from it: a walk through the trie of all texts, depth first. Each
 * text then shares with the one before it as much as it shares with any before.
 */
export function compareIds(a: readonly number[], b: readonly number[]): number {
  const at = commonLength(a, b);
  return at < a.length && at < b.length ? (a[at] as number) - (b[at] as number) : a.length - b.length;
}

/** Indices of the requests in the order of their prompts, those of one prompt together. */
export function byPrompt(requests: readonly Pick<ScoreRequest, "prompt">[]): number[][] {
  const promptOf = (index: number): readonly number[] => (requests[index] as ScoreRequest).prompt;
  const order = requests.map((_, index) => index);
  order.sort((i, j) => compareIds(promptOf(i), promptOf(j)));
  const groups: number[][] = [];
  for (const index of order) {
    const last = groups.at(-1);
    if (last && compareIds(promptOf(last[0] as number), promptOf(index)) === 0) last.push(index);
    else groups.push([index]);
  }
  return groups;
}
