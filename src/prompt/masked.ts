/**
 * How probable words are in the place of a mask, by a model that reads from both sides: q(v | P(x)) of Schick and Schütze
 * 2021, "Exploiting Cloze Questions", section 3.1.
 *
 * A word of several tokens has as many masks (Schick and Schütze 2021, "It's Not Just Size That Matters", section 3.1 and
 * equation 2): the token that the model is surest of is put into its place first, then the next one is asked for, and the
 * word's probability is the product.
 */
import { jit, tf } from "../engine";
import { logSumExp } from "../generate";
import { bert, bertMlm } from "../models";
import type { BertConfig, BertParams } from "../models";
import { embed } from "../ops";
import { intsTensor, stackRows } from "../data";
import { checkRequests, lengthBatches } from "./requests";
import type { Scorer } from "./scorer";

/** A masked language model as plain data: a BERT with the head `mlm`. */
export interface MaskedModel {
  readonly config: BertConfig;
  readonly params: BertParams;
  /** The id of [MASK]. */
  readonly mask: number;
}

export interface MaskedOptions {
  /** Texts of a call; 16. */
  readonly batch?: number;
  /** Lengths that texts are filled up to: a program is compiled for each that occurs. */
  readonly widths?: readonly number[];
}

/** A text and the place in it that is asked about. */
export interface MaskedPlace {
  readonly ids: readonly number[];
  readonly at: number;
}

export interface MaskedReader {
  /** Tells the scores of each place, float32 [V], as they are computed; not in the order of the places. */
  read(places: readonly MaskedPlace[], each: (index: number, logits: Float32Array) => void): Promise<void>;
  /** Frees the compiled programs; the model stays its owner's. */
  dispose(): void;
}

/** Reads masked places in batches of texts of about one length. */
export function maskedReader(
  { config, params }: MaskedModel,
  { batch = 16, widths = [16, 32, 64, 128] }: MaskedOptions = {},
): MaskedReader {
  const lengths = [...widths, config.context].filter((width) => width <= config.context).sort((a, b) => a - b); // prettier-ignore
  const run = jit(
    (ids: tf.Tensor, mask: tf.Tensor, places: tf.Tensor): tf.Tensor => {
      const states = bert(params, config, ids, {}, { mask: mask.cast("bool") }); // [B, T, C]
      const asked = embed(places, states.reshape([-1, config.dModel])); // [B * T, C] -> [B, C]
      return bertMlm(params, config, asked); // [B, V]
    },
    { name: "masked places" },
  );
  return {
    async read(places, each) {
      const texts = places.map(({ ids }) => ids);
      for (const { members, filled, length } of lengthBatches(texts, batch, lengths)) {
        const rows = filled.map((index) => places[index]!);
        const logits = tf.tidy(() =>
          run(
            intsTensor(stackRows(rows.map(({ ids }) => ids), { length, pad: 0 })), // prettier-ignore
            intsTensor(stackRows(rows.map(({ ids }) => ids.map(() => 1)), { length, pad: 0 })), // prettier-ignore
            tf.tensor1d(rows.map(({ at }, b) => b * length + at), "int32"), // prettier-ignore
          ),
        );
        const values = (await logits.data()) as Float32Array; // [B, V]
        logits.dispose();
        members.forEach((index, b) =>
          each(index, values.subarray(b * config.vocabSize, (b + 1) * config.vocabSize)),
        );
      }
    },
    dispose: () => run.dispose(),
  };
}

/**
 * ln q(v | text) of every token of the vocabulary in the place of each text's mask: what `searchVerbalizer` looks through.
 * @param prompts ids with one mask each
 * @returns float32 [N][V]
 * @throws RangeError naming the prompt without a mask, with several or beyond the context
 */
export async function maskLogProbs(
  model: MaskedModel,
  prompts: readonly (readonly number[])[],
  options?: MaskedOptions,
): Promise<Float32Array[]> {
  const places = prompts.map((ids, i) => ({ ids, at: placeOf(model, ids, `Prompt ${i}`) }));
  checkRequests(prompts.map((prompt) => ({ prompt: prompt.slice(1), answers: [[model.mask]] })), model.config); // prettier-ignore
  const results: Float32Array[] = [];
  const reader = maskedReader(model, options);
  try {
    await reader.read(places, (index, logits) => {
      const total = logSumExp(logits);
      results[index] = logits.map((each) => each - total);
    });
  } finally {
    reader.dispose();
  }
  return results;
}

export interface MaskedScorer extends Scorer {
  readonly vocabSize: number;
  /** Places that the model was asked about so far. */
  readonly read: number;
  /** Frees the compiled programs; the model stays its owner's. */
  dispose(): void;
}

/** An answer on its way: which of its tokens stand in the text already. */
interface Filling {
  readonly request: number;
  readonly answer: number;
  readonly ids: number[];
  /** Place and token of what is still masked. */
  left: { readonly at: number; readonly token: number }[];
}

/**
 * A scorer for a model with masks. The prompt holds one mask, as `fit` puts it there; for an answer of k tokens it becomes
 * k of them.
 *
 * Words of different lengths are not comparable by these numbers any better than a causal model's; `lengthNormalised` is
 * the usual cure.
 *
 * @throws RangeError, from `score`, as `checkRequests`, and for a prompt without a mask or with several
 */
export function maskedScorer(model: MaskedModel, options: MaskedOptions = {}): MaskedScorer {
  const { context, vocabSize } = model.config;
  const reader = maskedReader(model, options);
  let read = 0;
  return {
    context,
    vocabSize,
    get read() {
      return read;
    },
    async score(requests, progress) {
      checkRequests(requests, { context, vocabSize });
      const at = requests.map(({ prompt }, i) => placeOf(model, prompt, `Request ${i}: its prompt`));
      const results = requests.map(({ answers }) => answers.map(() => 0));
      let open: Filling[] = requests.flatMap(({ prompt, answers }, request) =>
        answers.map((tokens, answer) => ({
          request,
          answer,
          ids: [
            ...prompt.slice(0, at[request]),
            ...tokens.map(() => model.mask),
            ...prompt.slice(at[request]! + 1),
          ],
          left: tokens.map((token, k) => ({ at: at[request]! + k, token })),
        })),
      );
      while (open.length > 0) {
        // Answers of one length to one prompt begin as one text, and each place is read once for all of them.
        const asked = new Map<string, { place: MaskedPlace; of: { filling: Filling; slot: number }[] }>();
        for (const filling of open)
          filling.left.forEach((slot, i) => {
            const key = `${slot.at} ${filling.ids.join(" ")}`;
            const entry = asked.get(key) ?? { place: { ids: filling.ids, at: slot.at }, of: [] };
            entry.of.push({ filling, slot: i });
            asked.set(key, entry);
          });
        const entries = [...asked.values()];
        const surest = new Map<Filling, { slot: number; logProb: number }>();
        await reader.read(
          entries.map(({ place }) => place),
          (index, logits) => {
            const total = logSumExp(logits);
            for (const { filling, slot } of entries[index]!.of) {
              const logProb = logits[filling.left[slot]!.token]! - total;
              const best = surest.get(filling);
              if (!best || logProb > best.logProb || (logProb === best.logProb && slot < best.slot))
                surest.set(filling, { slot, logProb });
            }
          },
        );
        read += entries.length;
        for (const [filling, { slot, logProb }] of surest) {
          const { at: place, token } = filling.left[slot]!;
          filling.ids[place] = token;
          filling.left.splice(slot, 1);
          results[filling.request]![filling.answer]! += logProb;
        }
        open = open.filter(({ left }) => left.length > 0);
        const waiting = new Set(open.map(({ request }) => request)).size;
        progress?.(requests.length - waiting, requests.length);
      }
      return results;
    },
    dispose: () => reader.dispose(),
  };
}

/** Where the mask of a prompt stands. */
export function placeOf({ mask }: Pick<MaskedModel, "mask">, ids: readonly number[], name: string): number {
  const at = ids.indexOf(mask);
  if (at < 0)
    throw new RangeError(
      `${name} has no mask (id ${mask}). Cure: {mask} in the template, and \`bertFrame\`.`,
    );
  if (ids.indexOf(mask, at + 1) >= 0) throw new RangeError(`${name} has more than one mask (id ${mask}).`);
  return at;
}
