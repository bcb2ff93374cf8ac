import { integer, shuffle, tf } from "../../engine";
import type { Rng } from "../../engine";
import { intsTensor, nextTokenBatch, stackRows } from "../../data";
import type { LmBatch } from "../../data";
import { cacheActivations, headScores } from "../../lens";
import type { HeadScores } from "../../lens";
import { logSoftmax, takeLast } from "../../ops";
import { meanOf } from "../numbers";
import { attentionOnly } from "./attentionOnly";
import type { AttentionOnlyConfig, AttentionOnlyParams } from "./attentionOnly";

/**
 * Random tokens that come again, and what a model makes of it. The first time nothing helps to predict them. Later a model
 * can look up what followed the same token before, and only that: "A B ... A" goes on with "B". Heads that do this are
 * induction heads, and the loss falls all at once when they form.
 *
 * Source: Olsson et al. 2022, "In-context learning and induction heads", arguments 1 and 4.
 */
export interface RepeatedRow {
  readonly ids: readonly number[];
  /** After how many tokens the row begins again. */
  readonly period: number;
}

export interface RepeatedSegmentOptions {
  readonly count: number;
  /** Tokens of a row. */
  readonly length: number;
  readonly vocabSize: number;
  /** Least and most tokens of a row's segment. Were they all alike, places alone would tell where to look. */
  readonly shortest: number;
  readonly longest: number;
}

/**
 * Rows that repeat a segment of their own again and again. Tokens of a segment differ, so that what follows is certain.
 * @throws RangeError where a segment does not fit the row, or has more tokens than there are
 */
export function repeatedSegments(rng: Rng, options: RepeatedSegmentOptions): RepeatedRow[] {
  const { count, length, vocabSize, shortest, longest } = options;
  if (!(shortest >= 1 && shortest <= longest && longest < length && longest <= vocabSize))
    throw new RangeError(
      `repeatedSegments: segments of ${shortest} to ${longest} tokens must be shorter than the row of ${length} and within ${vocabSize} different tokens`,
    );
  const all = Array.from({ length: vocabSize }, (_, id) => id);
  return Array.from({ length: count }, () => {
    const period = shortest + integer(rng, longest - shortest + 1);
    const segment = shuffle(rng, all).slice(0, period);
    return { ids: Array.from({ length }, (_, t) => segment[t % period] as number), period };
  });
}

/** Rows as a batch for a causal model: inputs and labels int32 [B, length - 1]. */
export const repeatedBatch = (rows: readonly RepeatedRow[]): LmBatch =>
  nextTokenBatch(rows.map(({ ids }) => ids));

/** Losses in nats. */
export interface RepeatLosses {
  /** Of tokens that come for the first time. */
  readonly first: number;
  /** Of tokens that came before, but for the one where a row begins again, which nobody can foresee. */
  readonly again: number;
  /** Mean over the rows of the loss of token t + 1, for each place t: [length - 1]. */
  readonly byPlace: readonly number[];
}

/** How well the model says each next token, the first time and later. */
export async function repeatLosses(
  params: AttentionOnlyParams,
  config: AttentionOnlyConfig,
  rows: readonly RepeatedRow[],
): Promise<RepeatLosses> {
  const tensor = tf.tidy(() => {
    const { inputs, labels } = repeatedBatch(rows);
    const scores = logSoftmax(attentionOnly(params, config, intsTensor(inputs))); // [B, T, V]
    return takeLast(scores, intsTensor(labels)).neg(); // [B, T]
  });
  const losses = (await tensor.array()) as number[][];
  tensor.dispose();
  const where = (wanted: (token: number, period: number) => boolean): number =>
    meanOf(losses.flatMap((row, b) => row.filter((_, t) => wanted(t + 1, rows[b]!.period))));
  return {
    first: where((token, period) => token < period),
    again: where((token, period) => token > period),
    byPlace: losses[0]!.map((_, t) => meanOf(losses.map((row) => row[t] as number))),
  };
}

/**
 * What each head looks at on such rows: `induction` (prefix matching) is the share of a token's attention that goes to
 * what followed the same token before, `previous` what goes to the token just before it. A head of the second layer can
 * only find what followed if one of the first has told each token its predecessor.
 */
export async function repeatHeads(
  params: AttentionOnlyParams,
  config: AttentionOnlyConfig,
  rows: readonly RepeatedRow[],
): Promise<HeadScores[]> {
  const ids = intsTensor(
    stackRows(
      rows.map((row) => row.ids),
      { pad: 0 },
    ),
  );
  const { result, activations } = cacheActivations(
    (ctx) => attentionOnly(params, config, ids, ctx),
    /attn\.pattern$/,
  );
  try {
    return await headScores(activations, ids);
  } finally {
    tf.dispose([result, ids, activations]);
  }
}
