import { fork } from "../../engine";
import type { Rng } from "../../engine";
import { generateAll, temperature as divide } from "../../generate";
import type { StopRules } from "../../generate";
import type { Decoder } from "../../models";
import type { Tokenizer } from "../../text";
import { checkCount } from "./write";
import type { Write, WriteOptions } from "./write";

/** Several prompts at once, a text each, in their order. */
export type WriteEach = (
  prompts: readonly string[],
  options?: Omit<WriteOptions, "count">,
) => Promise<string[]>;

export interface DecoderWriterOptions {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  /** Texts with a temperature are drawn from it. It is not advanced: the same prompt gets the same texts again. */
  readonly rng: Rng;
  /** Most texts side by side; 32 without it. */
  readonly batch?: number;
  /** Most tokens of a text where a call does not say; 128 without it. */
  readonly maxNewTokens?: number;
  /** Where each text ends, besides what a call says: the end tokens of a chat model, "\n" of a model of lines. */
  readonly stop?: StopRules;
  /** A prompt as ids, such as a turn of a chat; the tokenizer's without it. */
  readonly encode?: (prompt: string) => readonly number[];
}

/**
 * A model that runs here as a `Write`. A text never exceeds the context: it ends where that is full.
 * @throws RangeError as `generate`: an empty prompt, or one that fills the context
 */
export function decoderWriter(options: DecoderWriterOptions): { write: Write; writeEach: WriteEach } {
  const { decoder, tokenizer, rng, batch = 32, maxNewTokens = 128, stop = {}, encode = tokenizer.encode } = options; // prettier-ignore
  checkCount("decoderWriter: batch", batch);

  async function writeEach(
    prompts: readonly string[],
    how: Omit<WriteOptions, "count"> = {},
  ): Promise<string[]> {
    const ids = prompts.map((prompt) => [...encode(prompt)]);
    const { temperature = 0 } = how;
    const texts: string[] = [];
    for (let first = 0; first < ids.length; first += batch) {
      const part = ids.slice(first, first + batch);
      const room = decoder.context - Math.max(...part.map(({ length }) => length));
      const { answers } = await generateAll(decoder, part, {
        maxNewTokens: Math.min(how.maxNewTokens ?? maxNewTokens, Math.max(1, room)),
        ...(temperature > 0 ? { rng: fork(rng, first), processors: [divide(temperature)] } : {}),
        stop: { ...stop, strings: [...(stop.strings ?? []), ...(how.stop ?? [])] },
        tokenizer,
      });
      texts.push(...answers.map(({ text }) => text));
    }
    return texts;
  }

  async function write(prompt: string, { count = 1, ...how }: WriteOptions = {}): Promise<string[]> {
    checkCount("count", count);
    // Without a draw all texts are the same one.
    const drawn = how.temperature !== undefined && how.temperature > 0 ? count : 1;
    const texts = await writeEach(Array<string>(drawn).fill(prompt), how);
    return Array.from({ length: count }, (_, i) => texts[i] ?? (texts[0] as string));
  }

  return { write, writeEach };
}
