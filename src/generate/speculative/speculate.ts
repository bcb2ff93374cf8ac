import { fork, uniform } from "../../engine";
import type { Rng } from "../../engine";
import type { Decoder } from "../../models";
import { checkIds } from "../check";
import { softmax } from "../distribution";
import { applyProcessors } from "../processors";
import type { Processor } from "../processors";
import { openReader } from "../reader";
import type { Reader } from "../reader";
import { acceptDrafted } from "./accept";
import type { Draft, Drafter } from "./draft";

export interface SpeculateOptions {
  /** Most tokens to write; what is left of the model's context without it. */
  readonly maxNewTokens?: number;
  /** Most tokens drafted a round; 4 without it. */
  readonly gamma?: number;
  /** For target and draft alike. `temperature(0)` is greedy decoding. */
  readonly processors?: readonly Processor[];
  /** Ids that end the answer; the id itself is written too. */
  readonly end?: readonly number[];
  readonly rng: Rng;
}

/** Sums over the rounds so far. */
export interface SpeculateTotals {
  /** Tokens written. */
  readonly tokens: number;
  readonly rounds: number;
  readonly drafted: number;
  readonly accepted: number;
  /** Calls of the target: one a round, and one for a prompt of more than one token. */
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
  /** In the last round: why it is the last. */
  readonly finish?: "end" | "length";
}

/**
 * Speculative decoding of one text (Leviathan, Kalman and Matias 2023, algorithm 1): a drafter proposes tokens, the
 * target reads all of them in one call, and as many stay as it would have written itself. The answer has just the
 * target's distribution, whatever drafts; a bad draft only costs time. Several texts at once are not for it: each would
 * be accepted to another length, and a full batch has no idle arithmetic to spend on guesses.
 *
 * A round writes 1 to gamma + 1 tokens. Stop when you like: the reader is freed by `break` as well.
 *
 * @param target a decoder, or a reader of one text that has read nothing yet and stays the caller's
 * @param drafter stays the caller's; one may serve several answers
 * @param prompt at least one id
 * @throws RangeError for a prompt that is empty, has unknown ids, or leaves no room in the context
 */
export async function* speculate(
  target: Decoder | Reader,
  drafter: Drafter,
  prompt: readonly number[],
  options: SpeculateOptions,
): AsyncGenerator<SpeculativeRound, void, undefined> {
  const { gamma = 4, processors = [], end = [], rng } = options;
  const context = "read" in target ? Infinity : target.context;
  const most = options.maxNewTokens ?? context - prompt.length;
  checkIds(prompt, target.vocabSize, "the prompt");
  checkOptions(prompt.length, most, context, gamma);
  const draftRng = fork(rng, "draft");
  const acceptRng = fork(rng, "accept");
  const text = [...prompt];
  const totals = { tokens: 0, rounds: 0, drafted: 0, accepted: 0, targetCalls: 0 };
  const reader = openTarget(target, prompt.length + most - 1, gamma);
  try {
    if (prompt.length > 1) {
      await reader.read([prompt.slice(0, -1)]);
      totals.targetCalls++;
    }
    for (;;) {
      const room = most - totals.tokens;
      const start = performance.now();
      // A round writes one token more than it keeps, so the last rounds draft fewer.
      const draft: Draft =
        room > 1 && gamma > 0
          ? await drafter.propose(text, Math.min(gamma, room - 1), draftRng, processors)
          : { ids: [] };
      const { ids: drafted } = draft;
      if (drafted.length > Math.min(gamma, room - 1))
        throw new RangeError(`The drafter proposes ${drafted.length} tokens: ${Math.min(gamma, room - 1)} were asked for.`); // prettier-ignore
      const middle = performance.now();
      const before = reader.length;
      const scores = (await reader.read([[text.at(-1) as number, ...drafted]], drafted.length > 0))[0];
      const p = (scores as Float32Array[]).map((logits, i) =>
        softmax(applyProcessors(processors, logits, [...text, ...drafted.slice(0, i)])),
      );
      const numbers = p.map(() => uniform(acceptRng));
      const { accepted, next, chances } = acceptDrafted(drafted, draft.distributions, p, numbers);
      // What was refused is forgotten. The token after it is read in the next round, in the same call as its draft.
      reader.rewind(before + 1 + accepted);
      const seconds = { draft: (middle - start) / 1000, target: (performance.now() - middle) / 1000 };

      const kept = [...drafted.slice(0, accepted), next];
      const endAt = kept.findIndex((id) => end.includes(id));
      const ids = endAt < 0 ? kept : kept.slice(0, endAt + 1);
      text.push(...ids);
      totals.tokens += ids.length;
      totals.rounds++;
      totals.targetCalls++;
      totals.drafted += drafted.length;
      totals.accepted += accepted;
      const finish = endAt >= 0 ? "end" : totals.tokens === most ? "length" : undefined;
      const round = { drafted, accepted, chances, ids, seconds, totals: { ...totals } };
      yield finish ? { ...round, finish } : round;
      if (finish) return;
    }
  } finally {
    if (reader !== target) reader.dispose();
  }
}

/** A program for one token, one for a round's check, and one for long prompts. */
function openTarget(target: Decoder | Reader, size: number, gamma: number): Reader {
  if (!("read" in target)) return openReader(target, { size, widths: [...new Set([1, gamma + 1, 64])] });
  if (target.batch !== 1 || target.length !== 0)
    throw new RangeError(`speculate: a reader of one text that has read nothing is needed, not of ${target.batch} that read ${target.length} tokens.`); // prettier-ignore
  return target;
}

function checkOptions(prompt: number, most: number, context: number, gamma: number): void {
  if (!Number.isInteger(gamma) || gamma < 0)
    throw new RangeError(`gamma is how many tokens are drafted a round, 0 or more: got ${gamma}.`);
  if (most === Infinity)
    throw new RangeError("A reader does not tell the model's context. Cure: give maxNewTokens.");
  if (prompt >= context)
    throw new RangeError(`A prompt of ${prompt} tokens leaves no room in a context of ${context}. Cure: shorten it.`); // prettier-ignore
  if (!Number.isInteger(most) || most < 1)
    throw new RangeError(`maxNewTokens must be 1 or more, got ${most}.`);
  if (prompt + most > context)
    throw new RangeError(`${prompt} tokens of prompt and ${most} new ones are more than the context of ${context}.`); // prettier-ignore
}
