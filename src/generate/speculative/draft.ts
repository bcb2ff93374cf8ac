/** Who drafts: a smaller model, an n-gram model, or the text itself. Anything will do that writes in the same tokens. */
import type { Rng } from "../../engine";
import { nextDistribution } from "../../models";
import type { Decoder, NextProbability } from "../../models";
import { sampleFrom, softmax } from "../distribution";
import { applyProcessors } from "../processors";
import type { Processor } from "../processors";
import { openReader } from "../reader";
import type { Reader } from "../reader";

/** Tokens that may come next. */
export interface Draft {
  readonly ids: readonly number[];
  /** What each was drawn from, [V]; without it the drafter was certain of each. */
  readonly distributions?: readonly Float32Array[];
}

/** Proposes tokens for a target to check. */
export interface Drafter {
  /**
   * @param text prompt and answer so far; it also tells what was kept of the proposal before
   * @param count most tokens to propose; fewer, or none, are welcome
   * @param rng for what is drawn
   * @param processors the target's: a draft that goes through the same ones is kept more often
   */
  propose(
    text: readonly number[],
    count: number,
    rng: Rng,
    processors: readonly Processor[],
  ): Promise<Draft> | Draft;
  /** Frees what the drafter opened itself. */
  dispose(): void;
}

/** Scores [V] of what follows a text, one token at a time. */
type Scores = (text: readonly number[]) => Promise<Float32Array> | Float32Array;

/** Draws `count` tokens one after the other, each in sight of those before. */
async function drawDraft(
  scores: Scores,
  text: readonly number[],
  count: number,
  rng: Rng,
  processors: readonly Processor[],
): Promise<Draft> {
  const longer = [...text];
  const distributions: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    const q = softmax(applyProcessors(processors, await scores(longer), longer));
    distributions.push(q);
    longer.push(sampleFrom(q, rng));
  }
  return { ids: longer.slice(text.length), distributions };
}

/**
 * A smaller model with a cache of its own. Where its text differs from what it has read, it goes back to the last
 * common token: that is how it learns what was refused. A text past its `size` gets no draft.
 *
 * @param model its decoder, or a reader of one text that stays the caller's
 * @param options `size`: most tokens it reads, the context without it
 */
export function modelDrafter(model: Decoder | Reader, options: { readonly size?: number } = {}): Drafter {
  const own = !("read" in model);
  const size = options.size ?? (own ? model.context : Infinity);
  // After a draft that was kept whole, two tokens are new to this model: its own last one and the target's.
  const reader = own ? openReader(model, { size, widths: [1, 2, Math.min(64, model.context)] }) : model;
  let seen: readonly number[] = [];

  const scores = async (text: readonly number[]): Promise<Float32Array> => {
    // At least one token is read again: there are no scores without reading.
    const common = Math.min(commonLength(seen, text), text.length - 1);
    reader.rewind(common);
    seen = seen.slice(0, common);
    const [rows] = await reader.read([text.slice(common)]);
    seen = [...text];
    return rows?.at(-1) as Float32Array;
  };
  return {
    propose: (text, count, rng, processors) =>
      drawDraft(scores, text, Math.max(0, Math.min(count, size - text.length + 1)), rng, processors),
    dispose() {
      if (own) reader.dispose();
    },
  };
}

/**
 * An n-gram model (src/models/ngram.ts): nothing is multiplied, a few counts are looked up for each token of the
 * vocabulary. For vocabularies of characters; with tens of thousands of tokens the looking up costs as much as a model.
 */
export function ngramDrafter(next: NextProbability, vocabSize: number): Drafter {
  const scores: Scores = (text) => Float32Array.from(nextDistribution(next, text, vocabSize), Math.log);
  return {
    propose: (text, count, rng, processors) => drawDraft(scores, text, count, rng, processors),
    dispose() {},
  };
}

/**
 * Prompt lookup: the end of the text is looked for earlier in it, and what followed there is proposed (Saxena 2023;
 * Yang et al. 2023, "Inference with Reference"). Costs nothing, and serves answers that repeat their prompt: summaries,
 * edits, code. It is certain of its tokens, so it has no distributions.
 *
 * The longest run counts; of several places the last, where Saxena takes the first. A proposal may run past the end of
 * the text into itself, as a text that repeats will.
 *
 * @param options runs of `longest` tokens (3 without it) down to `shortest` (2) are looked for. Saxena goes down to 1:
 *   such drafts are seldom kept, and where a check costs more than a token they slow an answer down that repeats nothing
 */
export function promptLookup(
  options: { readonly longest?: number; readonly shortest?: number } = {},
): Drafter {
  const { longest = 3, shortest = 2 } = options;
  if (!Number.isInteger(shortest) || shortest < 1 || !Number.isInteger(longest) || longest < shortest)
    throw new RangeError(`promptLookup: runs of ${longest} down to ${shortest} tokens.`);
  return {
    propose(text, count) {
      const from = continuation(text, longest, shortest);
      if (from === undefined) return { ids: [] };
      const longer = [...text];
      for (let i = 0; i < count; i++) longer.push(longer[from + i] as number);
      return { ids: longer.slice(text.length) };
    },
    dispose() {},
  };
}

/** The place after the last earlier occurrence of the longest run that ends the text. */
function continuation(text: readonly number[], longest: number, shortest: number): number | undefined {
  for (let n = Math.min(longest, text.length - 1); n >= shortest; n--)
    for (let end = text.length - 1; end >= n; end--) {
      let same = 0;
      while (same < n && text[end - 1 - same] === text[text.length - 1 - same]) same++;
      if (same === n) return end;
    }
  return undefined;
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
