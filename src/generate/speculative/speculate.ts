import { fork, makeRng, uniform } from "../../engine";
import type { Rng } from "../../engine";
import type { Decoder } from "../../models";
import { softmax } from "../distribution";
import { checkGenerate } from "../generate-check";
import { applyProcessors, temperature } from "../processors";
import type { Processor } from "../processors";
import { openReader } from "../reader";
import type { Reader } from "../reader";
import type { StopRules } from "../stop";
import { isStopped, nextTurn } from "../turn";
import { acceptDrafted } from "./accept";
import type { Draft, Drafter } from "./draft";

export interface SpeculateOptions {
  /** Most tokens of the answer. */
  readonly maxNewTokens: number;
  /** Most tokens drafted a round; 4 without it. */
  readonly gamma?: number;
  /** For target and draft alike, in this order; nothing without it. */
  readonly processors?: readonly Processor[];
  /** Tokens are drawn; without it the answer is that of greedy decoding. It is not advanced. */
  readonly rng?: Rng;
  /** Ids that end the answer; the id itself is written, too. */
  readonly stop?: Pick<StopRules, "ids">;
  /** Asked before each round: true, or an aborted signal, ends the answer. */
  readonly interrupt?: AbortSignal | (() => boolean);
}

/** Sums over the rounds so far. */
export interface SpeculateTotals {
  /** Tokens written. */
  readonly tokens: number;
  readonly rounds: number;
  readonly drafted: number;
  readonly accepted: number;
  /** Calls of the target: one a round, and one before for a prompt of more than one unread token. */
  readonly targetCalls: number;
}

export interface SpeculativeRound {
  /** What was proposed. */
  readonly drafted: readonly number[];
  /** How many of these the target keeps. */
  readonly accepted: number;
  /** min(1, p / q) of the drafted tokens that were looked at: the kept ones and the first that was refused. */
  readonly chances: readonly number[];
  /** What is written: the kept tokens and the target's own, up to an end id. */
  readonly ids: readonly number[];
  /** Time of the draft, and of the target's call. */
  readonly seconds: { readonly draft: number; readonly target: number };
  readonly totals: SpeculateTotals;
  /** Why the answer ended; undefined before the last round. */
  readonly finished: "stop id" | "length" | undefined;
}

/**
 * Speculative decoding of one text (Leviathan, Kalman and Matias 2023, algorithm 1): a drafter proposes tokens, the
 * target reads all of them in one call, and as many stay as it would have written itself. The answer has just the
 * target's distribution, whatever drafts; a bad draft only costs time. Several texts at once are not for it: each would
 * be accepted to another length, and a full batch has no idle arithmetic to spend on guesses.
 *
 * A round writes 1 to gamma + 1 tokens. The loop gives way to the rest of the process after each; breaking out of it
 * frees the cache.
 *
 * @param target a decoder; or an open reader of one text, which stays its owner's: then the prompt is the whole text,
 *   of which the reader has read the first `reader.length` tokens
 * @param drafter stays the caller's; one may serve several answers
 * @param prompt at least one id
 * @throws RangeError before anything is computed: an empty prompt, an id outside the vocabulary, more tokens than the
 *   context holds, a bad option; later: a draft of too many tokens or of another vocabulary
 */
export async function* speculate(
  target: Decoder | Reader,
  drafter: Drafter,
  prompt: readonly number[],
  options: SpeculateOptions,
): AsyncGenerator<SpeculativeRound> {
  checkSpeculate(target, prompt, options);
  const { maxNewTokens, gamma = 4, stop, interrupt } = options;
  // Greedy decoding is a draw from a distribution that is certain of one token.
  const processors = [...(options.processors ?? []), ...(options.rng ? [] : [temperature(0)])];
  const rng = options.rng ?? makeRng(0);
  const draftRng = fork(rng, "draft");
  const acceptRng = fork(rng, "accept");
  const own = "read" in target ? undefined : openTarget(target, prompt.length + maxNewTokens, gamma);
  const reader = own ?? (target as Reader);
  const text = [...prompt];
  const totals = { tokens: 0, rounds: 0, drafted: 0, accepted: 0, targetCalls: 0 };
  try {
    const unread = prompt.slice(reader.length, -1);
    if (unread.length > 0) {
      await reader.read([unread]);
      totals.targetCalls++;
    }
    while (!isStopped(interrupt)) {
      // A round writes one token more than it keeps, so the last rounds draft fewer.
      const count = Math.min(gamma, maxNewTokens - totals.tokens - 1);
      const started = performance.now();
      const draft: Draft = count > 0 ? await drafter.propose(text, count, draftRng, processors) : { ids: [] };
      const { ids: drafted } = draft;
      if (drafted.length > count)
        throw new RangeError(`The drafter gave ${drafted.length} tokens, at most ${count} were asked for.`);
      const middle = performance.now();

      const [scores] = await reader.read([[text.at(-1) as number, ...drafted]], drafted.length > 0);
      const p = (scores as Float32Array[]).map((logits, i) =>
        softmax(applyProcessors(processors, logits, [...text, ...drafted.slice(0, i)])),
      );
      const numbers = p.map(() => uniform(acceptRng));
      const { accepted, next, chances } = acceptDrafted(drafted, draft.distributions, p, numbers);
      const seconds = { draft: (middle - started) / 1000, target: (performance.now() - middle) / 1000 };

      const kept = [...drafted.slice(0, accepted), next];
      const stopAt = kept.findIndex((id) => stop?.ids?.includes(id));
      const ids = stopAt < 0 ? kept : kept.slice(0, stopAt + 1);
      text.push(...ids);
      // What was refused is forgotten. The new last token is read in the next round, in one call with its draft.
      reader.rewind(text.length - 1);
      totals.tokens += ids.length;
      totals.rounds++;
      totals.targetCalls++;
      totals.drafted += drafted.length;
      totals.accepted += accepted;
      const finished = stopAt >= 0 ? "stop id" : totals.tokens === maxNewTokens ? "length" : undefined;
      yield { drafted, accepted, chances, ids, seconds, totals: { ...totals }, finished };
      if (finished) return;
      await nextTurn();
    }
  } finally {
    own?.dispose();
  }
}

/** A reader with programs for one token, for a round's check and for long prompts, none wider than the context. */
const openTarget = (model: Decoder, size: number, gamma: number): Reader =>
  openReader(model, {
    size,
    widths: [...new Set([1, gamma + 1, 64].map((width) => Math.min(width, model.context)))],
  });

function checkSpeculate(
  target: Decoder | Reader,
  prompt: readonly number[],
  options: SpeculateOptions,
): void {
  const { gamma = 4, stop } = options;
  checkGenerate(target, prompt, {
    maxNewTokens: options.maxNewTokens,
    stop: stop?.ids ? { ids: stop.ids } : {},
  });
  if (!Number.isInteger(gamma) || gamma < 0)
    throw new RangeError(`gamma is how many tokens are drafted a round, 0 or more: got ${gamma}.`);
}
