import type { Decoder } from "../../models";
import { argmax } from "../distribution";
import { openReader } from "../reader";
import { medusaGenerate } from "./decode";
import type { MedusaOptions } from "./decode";
import type { MedusaHeads } from "./heads";

export interface SpeedOptions {
  /** New tokens of each prompt. */
  readonly maxNewTokens: number;
  /** Ways of decoding with heads, by name: trees, thresholds. */
  readonly contenders: Readonly<Record<string, Omit<MedusaOptions, "maxNewTokens">>>;
  /** How often all prompts are gone through; 3 without it. Medians are reported. */
  readonly repeats?: number;
}

export interface MedusaSpeed {
  /** "greedy" is plain decoding, one token a call. */
  readonly name: string;
  /** New tokens for each read of the model: the acceptance length. */
  readonly tokensPerRound: number;
  readonly tokensPerSecond: number;
  /** Tokens a second over those of plain decoding: the median of the repeats, and the least and greatest. */
  readonly speedup: { readonly median: number; readonly least: number; readonly most: number };
}

/**
 * Tokens a round and a second of decoding with heads beside plain greedy decoding of the same prompts. The contenders
 * take turns within each repeat, so that a machine that slows down slows all; compiling is not counted. What a round
 * saves is calls; whether that is time depends on what reading many tokens costs more than reading one, so a speed-up
 * may well be below 1.
 */
export async function medusaSpeed<P>(
  decoder: Decoder<P>,
  heads: MedusaHeads,
  prompts: readonly (readonly number[])[],
  { maxNewTokens, contenders, repeats = 3 }: SpeedOptions,
): Promise<MedusaSpeed[]> {
  const longest = Math.max(...prompts.map(({ length }) => length));
  const runs = [
    {
      name: "greedy",
      run: (prompt: readonly number[]) => plain(decoder as Decoder, prompt, longest, maxNewTokens),
    },
    ...Object.entries(contenders).map(([name, options]) => ({
      name,
      run: (prompt: readonly number[]) => withHeads(decoder, heads, prompt, { ...options, maxNewTokens }),
    })),
  ];
  const took = runs.map((): number[] => []);
  const counts = runs.map(() => ({ tokens: 0, rounds: 0 }));
  for (let repeat = -1; repeat < repeats; repeat++)
    for (const [i, { run }] of runs.entries()) {
      let seconds = 0;
      // The first time is for compiling.
      for (const prompt of repeat < 0 ? prompts.slice(0, 1) : prompts) {
        const one = await run(prompt);
        seconds += one.seconds;
        if (repeat !== 0) continue;
        const count = counts[i] as { tokens: number; rounds: number };
        count.tokens += one.tokens;
        count.rounds += one.rounds;
      }
      if (repeat >= 0) (took[i] as number[]).push(seconds);
    }
  return runs.map(({ name }, i) => {
    const { tokens, rounds } = counts[i] as { tokens: number; rounds: number };
    const own = took[i] as number[];
    const ratios = own.map((seconds, repeat) => ((took[0] as number[])[repeat] as number) / seconds);
    // Rounds of a contender that ended earlier gave fewer tokens.
    const share = tokens / (counts[0] as { tokens: number }).tokens;
    return {
      name,
      tokensPerRound: tokens / rounds,
      tokensPerSecond: tokens / median(own),
      speedup: {
        median: share * median(ratios),
        least: share * Math.min(...ratios),
        most: share * Math.max(...ratios),
      },
    };
  });
}

interface Timed {
  readonly seconds: number;
  readonly tokens: number;
  readonly rounds: number;
}

async function plain(
  decoder: Decoder,
  prompt: readonly number[],
  longest: number,
  maxNewTokens: number,
): Promise<Timed> {
  const reader = openReader(decoder, {
    size: longest + maxNewTokens,
    widths: [1, Math.min(64, decoder.context)],
  });
  try {
    let [scores] = await reader.read([prompt]);
    const started = performance.now();
    for (let i = 0; i < maxNewTokens; i++) {
      const next = argmax((scores as Float32Array[]).at(-1) as Float32Array);
      if (i + 1 < maxNewTokens) [scores] = await reader.read([[next]]);
    }
    return { seconds: (performance.now() - started) / 1000, tokens: maxNewTokens, rounds: maxNewTokens };
  } finally {
    reader.dispose();
  }
}

/** As for plain decoding, the prompt is not in the time. */
async function withHeads<P>(
  decoder: Decoder<P>,
  heads: MedusaHeads,
  prompt: readonly number[],
  options: MedusaOptions,
): Promise<Timed> {
  const timed = { seconds: 0, tokens: 0, rounds: 0 };
  for await (const round of medusaGenerate(decoder, heads, prompt, options)) {
    timed.seconds += round.seconds;
    Object.assign(timed, round.totals);
  }
  return timed;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}
