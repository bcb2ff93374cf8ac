import type { Decoder } from "../models";
import { generate } from "./generate";
import type { FinishReason, GenerateOptions, GenerateStep, Prompts } from "./generate";
import type { Reader } from "./reader";

/** A whole answer. */
export interface Answer {
  /** Its tokens, a stop token included. */
  readonly ids: readonly number[];
  /** Its text, without what stopped it; "" where there was no tokenizer. */
  readonly text: string;
  /** Undefined where it was interrupted. */
  readonly finished: FinishReason | undefined;
  /** By token, where they were asked for. */
  readonly logProbs: readonly number[];
}

export interface Generated {
  /** By prompt. */
  readonly answers: readonly Answer[];
  /** Time to the first token: the prompts are read. */
  readonly firstTokenSeconds: number;
  /** Time of all steps. */
  readonly seconds: number;
  /** Of all answers together: see `usualRate`. */
  readonly tokensPerSecond: number;
}

/** All steps of `generate`, put together. */
export async function collect(steps: AsyncIterable<GenerateStep>): Promise<Generated> {
  const answers: { ids: number[]; text: string; finished: FinishReason | undefined; logProbs: number[] }[] =
    [];
  let [firstTokenSeconds, seconds] = [0, 0];
  const rates: number[] = [];
  for await (const record of steps) {
    if (record.step === 1) firstTokenSeconds = record.seconds;
    else rates.push(record.tokensPerSecond);
    seconds += record.seconds;
    record.ids.forEach((id, row) => {
      const answer = (answers[row] ??= { ids: [], text: "", finished: undefined, logProbs: [] });
      if (id === undefined) return;
      answer.ids.push(id);
      answer.text += record.text[row] ?? "";
      answer.finished = record.finished[row];
      const logProb = record.logProbs[row];
      if (logProb !== undefined) answer.logProbs.push(logProb);
    });
  }
  return { answers, firstTokenSeconds, seconds, tokensPerSecond: usualRate(rates) };
}

/**
 * The median of the tokens per second of single steps; 0 of none. Give the steps after the first, which reads the
 * prompt: the second may compile, which a mean would show and the median does not.
 */
export function usualRate(rates: readonly number[]): number {
  const sorted = [...rates].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return sorted.length === 0 ? 0 : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** `generate` to its end. */
export function generateAll(
  model: Decoder | Reader,
  prompts: Prompts,
  options: GenerateOptions,
): Promise<Generated> {
  return collect(generate(model, prompts, options));
}

/** A tokenizer that writes ids, too. */
interface Codes {
  encode(text: string): number[];
  decode(ids: ArrayLike<number>): string;
}

/**
 * Text to text: how a prompt goes on.
 *
 * ```ts
 * await generateText(decoder, "Once upon a time", { tokenizer, maxNewTokens: 40 });
 * ```
 * @throws as `generate`
 */
export async function generateText(
  model: Decoder,
  prompt: string,
  options: GenerateOptions & { readonly tokenizer: Codes },
): Promise<string> {
  const { answers } = await generateAll(model, options.tokenizer.encode(prompt), options);
  return answers[0]?.text ?? "";
}
