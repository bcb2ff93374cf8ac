import type { LoadedGpt, LoadedLlama } from "../checkpoints";
import type { Decoder } from "../models";
import { encodeChat } from "../text";
import type { ChatMessage, ChatTemplateName, Tokenizer } from "../text";
import { decoderOf } from "./decoder";
import { generate } from "./generate";
import type { FinishReason, GenerateOptions } from "./generate";
import { openReader } from "./reader";

export interface OpenChatOptions extends Pick<GenerateOptions, "processors" | "rng"> {
  /** What the system message says; the template's own without it. */
  readonly system?: string;
  /** Most tokens of an answer; 256 without it. */
  readonly maxNewTokens?: number;
  /** Most tokens of the conversation: the cache has this size. The model's context, at most 2048, without it. */
  readonly size?: number;
  /** Strings that end an answer, besides the end tokens of the model. */
  readonly stopStrings?: readonly string[];
  /**
   * What happens where too little room is left for an answer (less than a quarter of `maxNewTokens`): "error" (without
   * it) refuses the message; "forget" drops the oldest question with its answer, as often as it must.
   */
  readonly whenFull?: "error" | "forget";
  /** The model's decoder where you have it already: its compiled programs are used again. */
  readonly decoder?: Decoder;
}

/** One more token of an answer. */
export interface ChatStep {
  /** 1 for the first token. */
  readonly step: number;
  readonly id: number;
  /** The text that is certain since the step before, possibly "". */
  readonly text: string;
  /** Set in the last step. */
  readonly finished: FinishReason | undefined;
  /** Time of this step. The first has read what is new in the conversation. */
  readonly seconds: number;
  /** Tokens of the conversation that had to be read before the answer; those before them were in the cache. */
  readonly read: number;
  /** Questions with their answers that were dropped to make room, in this turn. */
  readonly forgotten: number;
}

export interface Chat {
  readonly messages: readonly ChatMessage[];
  /** Tokens of the conversation in the cache. */
  readonly length: number;
  /**
   * Says something and streams the answer. Breaking out of the loop, or the interrupt (asked before each token), ends the
   * answer there: what was written of it stays in the conversation; where nothing was, the question is not counted as
   * said either.
   *
   * @throws RangeError where the conversation is full; Error while another answer is being written
   */
  say(content: string, interrupt?: GenerateOptions["interrupt"]): AsyncGenerator<ChatStep, void, undefined>;
  /** Begins anew. What the beginnings have in common stays in the cache. */
  reset(): void;
  /** Frees the cache; the model stays. */
  dispose(): void;
}

/**
 * A conversation with a model, in the layout that it was tuned on. The cache lives from turn to turn: only what is new is
 * read. The conversation is encoded from its text each time, as if it were read anew, and the cache is used as far as the
 * tokens agree; so the answers are those of a model that reads everything, and none depends on how an earlier one was cut
 * into tokens.
 *
 * ```ts
 * const chat = openChat(await loadModel("smollm2-135m-instruct"), { processors: [temperature(0.2)], rng: makeRng(1) });
 * for await (const { text } of chat.say("Hello!")) process.stdout.write(text);
 * ```
 * @throws Error for a model without tokenizer or chat template; RangeError for a bad size
 */
export function openChat(model: LoadedGpt | LoadedLlama, options: OpenChatOptions = {}): Chat {
  const { tokenizer, template } = partsOf(model);
  const decoder = options.decoder ?? decoderOf(model);
  const { size = Math.min(decoder.context, 2048), maxNewTokens = 256, whenFull = "error" } = options;
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1)
    throw new RangeError(`maxNewTokens must be a whole number from 1, got ${maxNewTokens}.`);
  const reader = openReader(decoder, { size, widths: [1, Math.min(64, size)] });
  const first: ChatMessage[] =
    options.system === undefined ? [] : [{ role: "system", content: options.system }];
  let messages = first;
  let read: number[] = []; // what is in the cache
  let busy = false;

  const encode = (all: readonly ChatMessage[]): number[] =>
    encodeChat(tokenizer, template, all, { addGenerationPrompt: true });

  /** The conversation with a question in it, shortened as far as it must be. */
  const begun = (content: string): { said: ChatMessage[]; ids: number[]; forgotten: number } => {
    const least = Math.ceil(Math.min(maxNewTokens, size) / 4);
    let said: ChatMessage[] = [...messages, { role: "user", content }];
    let ids = encode(said);
    let forgotten = 0;
    while (ids.length + least > size) {
      if (whenFull === "error" || said.length < first.length + 3)
        throw new RangeError(
          `The conversation is full: with this message it has ${ids.length} tokens, and there is room for ${size}, of ` +
            `which ${least} are kept for an answer. Cure: begin anew (reset), say less, or open a chat of a larger size.`,
        );
      said = [...first, ...said.slice(first.length + 2)];
      ids = encode(said);
      forgotten++;
    }
    return { said, ids, forgotten };
  };

  return {
    get messages() {
      return messages;
    },
    get length() {
      return reader.length;
    },
    async *say(content, interrupt) {
      if (busy)
        throw new Error(
          "Another answer is still being written. Cure: read it to its end, or break out of it.",
        );
      const { said, ids, forgotten } = begun(content);
      // At least one token is read, for the scores after it.
      reader.rewind(Math.min(inCommon(read, ids), ids.length - 1));
      const unread = ids.length - reader.length;
      const answer: number[] = [];
      let text = "";
      busy = true;
      try {
        const steps = generate(reader, ids, {
          maxNewTokens: Math.min(maxNewTokens, size - ids.length),
          processors: options.processors,
          rng: options.rng,
          interrupt,
          tokenizer,
          stop: { ids: model.special.end, strings: options.stopStrings },
        });
        for await (const {
          step,
          ids: [id],
          text: [more = ""],
          finished: [finished],
          seconds,
        } of steps) {
          answer.push(id as number);
          text += more;
          yield { step, id: id as number, text: more, finished, seconds, read: unread, forgotten };
        }
      } finally {
        busy = false;
        read = [...ids, ...answer].slice(0, reader.length);
        if (answer.length > 0) messages = [...said, { role: "assistant", content: text }];
      }
    },
    reset() {
      if (busy) throw new Error("An answer is still being written. Cure: break out of it first.");
      messages = first;
    },
    dispose: () => reader.dispose(),
  };
}

function partsOf({ tokenizer, chat, source, notes }: LoadedGpt | LoadedLlama): {
  tokenizer: Tokenizer;
  template: ChatTemplateName;
} {
  if (tokenizer && chat) return { tokenizer, template: chat };
  const lacks = tokenizer ? "chat template: it was not tuned for conversations, or on a layout that is unknown" : "tokenizer"; // prettier-ignore
  const why = notes.length > 0 ? ` (${notes.join("; ")})` : "";
  throw new Error(
    `${source} has no ${lacks}${why}. Cure: a model such as smollm2-135m-instruct, or generate.`,
  );
}

/** How many tokens two texts begin with in common. */
function inCommon(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let n = 0;
  while (n < end && a[n] === b[n]) n++;
  return n;
}
