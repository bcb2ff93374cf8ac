import { generateAll, openReader, temperature as divide } from "../../generate";
import type { Reader } from "../../generate";
import { commonLength } from "../requests";
import type { DecoderWriterOptions } from "./writer";
import { checkCount } from "./write";
import type { Write, WriteOptions } from "./write";

export interface SharedWriterOptions extends Omit<DecoderWriterOptions, "batch"> {
  /** Most tokens of a prompt and its text; the model's context without it. Memory is taken for all of them. */
  readonly size?: number;
  /** How many tokens a compiled call reads, as of `openReader`. */
  readonly widths?: readonly number[];
}

export interface SharedWriter {
  readonly write: Write;
  /** Tokens of prompts that were read so far; those that a prompt shares with the one before it count once. */
  readonly read: number;
  /** Frees the caches; the decoder stays its owner's. */
  dispose(): void;
}

/**
 * A model that runs here as a `Write`, one prompt after the other, for prompts that begin alike: demonstrations that all
 * have in common are read once, and one program serves every length. `decoderWriter` is for short prompts side by side.
 * The parameters must not change while it is in use.
 * @throws RangeError as `openReader`; of `write` as `generate`, for a prompt that is empty or fills the size
 */
export function sharedWriter(options: SharedWriterOptions): SharedWriter {
  const { decoder, tokenizer, rng, maxNewTokens = 128, stop = {}, encode = tokenizer.encode } = options;
  const { size = decoder.context, widths = [1, 8, 64] } = options;
  openReader(decoder, { size, widths }).dispose(); // which says what is wrong with them
  /** By number of texts side by side, with the prompt that they have read. */
  const open = new Map<number, { reader: Reader; prompt: readonly number[] }>();
  let read = 0;
  let disposed = false;

  async function write(prompt: string, { count = 1, ...how }: WriteOptions = {}): Promise<string[]> {
    checkCount("count", count);
    if (disposed) throw new Error("This writer was disposed.");
    const ids = [...encode(prompt)];
    if (ids.length === 0 || ids.length >= size)
      throw new RangeError(`The prompt has ${ids.length} tokens; it must have 1 to ${size - 1}. Cure: a shorter prompt, or a larger size.`); // prettier-ignore
    const { temperature = 0 } = how;
    const rows = temperature > 0 ? count : 1; // without a draw all texts are the same one
    const place = open.get(rows) ?? {
      reader: openReader(decoder, { batch: rows, size, widths }),
      prompt: [],
    };
    open.set(rows, place);
    // At least the last token is read, for its scores.
    const known = Math.min(commonLength(place.prompt, ids), ids.length - 1);
    place.reader.rewind(known);
    place.prompt = ids.slice(0, known); // should reading fail
    const { answers } = await generateAll(place.reader, Array<readonly number[]>(rows).fill(ids), {
      maxNewTokens: Math.min(how.maxNewTokens ?? maxNewTokens, size - ids.length),
      ...(temperature > 0 ? { rng, processors: [divide(temperature)] } : {}),
      stop: { ...stop, strings: [...(stop.strings ?? []), ...(how.stop ?? [])] },
      tokenizer,
    });
    place.prompt = ids;
    read += ids.length - known;
    return Array.from({ length: count }, (_, i) => (answers[i] ?? answers[0])?.text as string);
  }

  // There is one cache for each number of texts: a call waits for the one before it.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    get read() {
      return read;
    },
    write(prompt, how) {
      const result = turn.then(() => write(prompt, how));
      turn = result.catch(() => undefined);
      return result;
    },
    dispose() {
      disposed = true;
      for (const { reader } of open.values()) reader.dispose();
    },
  };
}
