import { fork } from "../engine";
import type { Rng } from "../engine";
import type { Decoder } from "../models";
import { argmax, logProbability, sampleFrom, softmax } from "./distribution";
import { checkGenerate } from "./generate-check";
import { applyProcessors } from "./processors";
import type { Processor } from "./processors";
import { openReader } from "./reader";
import type { Reader } from "./reader";
import type { StopRules } from "./stop";
import { textStream } from "./stream";
import type { Decodes, TextStream } from "./stream";
import { isStopped, nextTurn } from "./turn";

/** One text's ids, or those of several that are written side by side. */
export type Prompts = readonly number[] | readonly (readonly number[])[];

export interface GenerateOptions {
  /** Most tokens of an answer. */
  readonly maxNewTokens: number;
  /** What happens to the scores before a token is chosen, in this order; nothing without it. */
  readonly processors?: readonly Processor[];
  /**
   * Tokens are drawn; without it the most likely one comes (greedy decoding). It is not advanced: each text draws from
   * a fork named after its prompt, and the n-th of several equal prompts from the n-th of their forks. So a prompt gets
   * the same answer alone and in a batch, and other answers come from another seed.
   */
  readonly rng?: Rng;
  readonly stop?: StopRules;
  /** Makes text of the tokens. */
  readonly tokenizer?: Decodes;
  /** Tells how likely each token was, which costs a sum over the vocabulary for each. */
  readonly logProbs?: boolean;
  /** Asked before each step: true, or an aborted signal, ends the answers. In a notebook: `stopFlag()`. */
  readonly interrupt?: AbortSignal | (() => boolean);
}

/** Why an answer ended: at a token of `stop.ids`, before one of `stop.strings`, or by `maxNewTokens`. */
export type FinishReason = "stop id" | "stop string" | "length";

/** One more token of each text that is not finished. Lists are by text; a text that had ended before has undefined. */
export interface GenerateStep {
  /** 1 for the first token. */
  readonly step: number;
  /** The new token, a stop token included. */
  readonly ids: readonly (number | undefined)[];
  /** The text that is certain since the step before, possibly ""; undefined without a tokenizer, too. */
  readonly text: readonly (string | undefined)[];
  /** Set in the step in which an answer ends. */
  readonly finished: readonly (FinishReason | undefined)[];
  /** ln of the probability with which the token came, after all processors; undefined unless asked for, too. */
  readonly logProbs: readonly (number | undefined)[];
  /** Time of this step. The first has read the prompts (prefill): it is the time to the first token. */
  readonly seconds: number;
  /** New tokens of all texts in this step, over `seconds`. */
  readonly tokensPerSecond: number;
}

/** What one text needs while it is written. */
interface Row {
  readonly seen: number[];
  readonly rng: Rng | undefined;
  readonly stream: TextStream | undefined;
  done: boolean;
}

/**
 * Writes answers token by token, and tells of each step:
 *
 * ```ts
 * const options = { maxNewTokens: 50, processors: [temperature(0.7), topP(0.9)], rng: makeRng(1), tokenizer };
 * for await (const { text } of generate(decoder, tokenizer.encode("Once"), options)) process.stdout.write(text[0] ?? "");
 * ```
 *
 * Several prompts are read and written side by side, each until its own end. The loop gives way to the rest of the
 * process after each step; breaking out of it frees the cache.
 *
 * @param model a decoder; or an open reader, which stays its owner's: then a prompt is the whole text, of which the
 *   reader has read the first `reader.length` tokens (as a chat has, from turn to turn), and several are of one length
 * @throws RangeError before anything is computed: no or an empty prompt, an id outside the vocabulary, more tokens than
 *   the context holds, a bad option; later: where all tokens are banned, or scores are no numbers
 */
export async function* generate(
  model: Decoder | Reader,
  prompts: Prompts,
  options: GenerateOptions,
): AsyncGenerator<GenerateStep> {
  const texts = checkGenerate(model, prompts, options);
  const { maxNewTokens, interrupt } = options;
  const own = "read" in model ? undefined : openReader(model, roomFor(texts, maxNewTokens));
  const reader = own ?? (model as Reader);
  const rows = rowsOf(texts, options);
  let unread: readonly (readonly number[])[] = texts.map((ids) => ids.slice(reader.length));
  try {
    for (let step = 1; step <= maxNewTokens && !isStopped(interrupt); step++) {
      const started = performance.now();
      const scores = await reader.read(unread);
      const chosen = rows.map((row, i) =>
        row.done ? undefined : next(row, (scores[i] as Float32Array[])[0] as Float32Array, options, step, i),
      );
      const seconds = (performance.now() - started) / 1000;
      yield {
        step,
        ids: chosen.map((each) => each?.id),
        text: chosen.map((each) => each?.text),
        finished: chosen.map((each) => each?.finished),
        logProbs: chosen.map((each) => each?.logProb),
        seconds,
        tokensPerSecond: chosen.filter((each) => each !== undefined).length / seconds,
      };
      if (rows.every(({ done }) => done)) return;
      // A finished text keeps its place in the batch; whatever it reads is not reported.
      unread = rows.map(({ seen }) => [seen.at(-1) as number]);
      await nextTurn();
    }
  } finally {
    own?.dispose();
  }
}

/** Chooses the next token of a text from its scores. */
function next(row: Row, logits: Float32Array, options: GenerateOptions, step: number, index: number) {
  const { id, logProb } = named(`text ${index}, token ${step}`, () => choose(row, logits, options));
  row.seen.push(id);
  let finished: FinishReason | undefined;
  let text: string | undefined;
  if (options.stop?.ids?.includes(id)) finished = "stop id";
  else if (row.stream) {
    const more = row.stream.push(id);
    text = more.text;
    if (more.stopped) finished = "stop string";
  }
  if (!finished && step === options.maxNewTokens) finished = "length";
  if (finished && finished !== "stop string" && row.stream) {
    const rest = row.stream.end();
    text = (text ?? "") + rest.text;
    if (rest.stopped) finished = "stop string";
  }
  row.done = finished !== undefined;
  return { id, logProb, text, finished };
}

function choose(row: Row, logits: Float32Array, { processors = [], logProbs }: GenerateOptions) {
  const scores = applyProcessors(processors, logits, row.seen);
  const id = row.rng ? sampleFrom(softmax(scores), row.rng) : argmax(scores);
  return { id, logProb: logProbs ? logProbability(scores, id) : undefined };
}

function rowsOf(texts: readonly (readonly number[])[], { rng, stop, tokenizer }: GenerateOptions): Row[] {
  const equal = new Map<string, number>();
  return texts.map((ids) => {
    const name = ids.join(" ");
    const nth = equal.get(name) ?? 0;
    equal.set(name, nth + 1);
    return {
      seen: [...ids],
      rng: rng && fork(fork(rng, name), nth),
      stream: tokenizer && textStream(tokenizer, stop?.strings, ids),
      done: false,
    };
  });
}

/** Room for these texts and their answers. */
const roomFor = (texts: readonly (readonly number[])[], maxNewTokens: number) => ({
  batch: texts.length,
  size: Math.max(...texts.map(({ length }) => length)) + maxNewTokens,
});

/** Errors of a long run say where it was. */
function named<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RangeError(`${where}: ${cause.message}`, { cause });
  }
}
