/**
 * Skip-gram with negative sampling: a word must tell its neighbours from words drawn at random.
 *
 * Mikolov, Sutskever, Chen, Corrado, Dean (2013), "Distributed Representations of Words and Phrases and their
 * Compositionality", sections 2.2 (negative sampling) and 2.3 (subsampling).
 */
import { fork } from "../engine";
import type { Rng } from "../engine";
import { checkPositive, checkRows, checkWhole } from "./check";
import { BREAK, type Corpus } from "./corpus";
import { aliasSampler, fastUniform } from "./random";

export interface SkipGramConfig {
  /** Numbers a vector. */
  readonly size: number;
  /** Farthest neighbour; each place draws its own window from 1 to this, so near words count more. */
  readonly window: number;
  /** Random words a pair: 5 to 20 for small texts (section 2.2). */
  readonly negatives: number;
  readonly epochs: number;
  /** First learning rate; it falls in a straight line to a ten-thousandth of itself, as in the authors' code. */
  readonly rate: number;
  /** Words more frequent than this share are thinned (equation 5); 0 keeps all. The paper: 1e-5, on 10^9 words. */
  readonly subsample: number;
  /** Negatives are drawn by count to this power (section 2.2: 3/4). */
  readonly power: number;
}

export const skipGramDefaults: SkipGramConfig = {
  size: 64,
  window: 5,
  negatives: 5,
  epochs: 5,
  rate: 0.025,
  subsample: 1e-3,
  power: 0.75,
};

/** Two vectors a word: as the word in the middle, and as a neighbour. Only the first is used afterwards. */
export interface SkipGramModel {
  readonly size: number;
  /** [V, size] */
  readonly input: Float32Array;
  /** [V, size] */
  readonly output: Float32Array;
}

/** Input vectors uniform in ±1 / (2 size), output vectors 0, as in the authors' code. */
export function initSkipGram(words: number, size: number, rng: Rng): SkipGramModel {
  const uniform = fastUniform(fork(rng, "input"));
  return {
    size,
    input: Float32Array.from({ length: words * size }, () => (uniform() - 0.5) / size),
    output: new Float32Array(words * size),
  };
}

/**
 * One step of gradient descent on equation 4, -log s(o.v) - sum_k log s(-o_k.v), for one pair and its negatives.
 * Writes into the model and gives the loss before the step, in nats. A negative that is the neighbour itself is
 * skipped, as in the authors' code. `scratch` [size] is for the step of v, which comes after all products with it.
 */
export function skipGramPair(
  { size, input, output }: SkipGramModel,
  centre: number,
  context: number,
  negatives: ArrayLike<number>,
  rate: number,
  scratch: Float32Array,
): number {
  const v = centre * size;
  let loss = 0;
  scratch.fill(0);
  for (let k = -1; k < negatives.length; k++) {
    const target = k < 0 ? context : negatives[k];
    if (k >= 0 && target === context) continue;
    const o = target * size;
    let dot = 0;
    for (let d = 0; d < size; d++) dot += input[v + d] * output[o + d];
    const score = k < 0 ? dot : -dot;
    const miss = 1 / (1 + Math.exp(score)); // 1 - s(score)
    loss += score > -30 ? Math.log1p(Math.exp(-score)) : -score;
    const step = (k < 0 ? miss : -miss) * rate;
    for (let d = 0; d < size; d++) {
      scratch[d] += step * output[o + d];
      output[o + d] += step * input[v + d];
    }
  }
  for (let d = 0; d < size; d++) input[v + d] += scratch[d];
  return loss;
}

/** What training tells from time to time. */
export interface SkipGramStep {
  /** Share of the training done, 0 to 1. */
  readonly done: number;
  readonly epoch: number;
  /** Pairs since the last record. */
  readonly pairs: number;
  /** Mean loss of these pairs, in nats. Before any learning it is (1 + negatives) log 2. */
  readonly loss: number;
  readonly rate: number;
}

/** The chance that a word of this share of the text is kept, sqrt(t / f) and at most 1 (equation 5). */
export const keepChance = (share: number, subsample: number): number =>
  subsample <= 0 || share <= subsample ? 1 : Math.sqrt(subsample / share);

/**
 * Trains the model in place, and tells about it some `records` times. Between records nothing else runs: give way in the
 * loop (`await nextTurn()`).
 *
 * @throws RangeError that names a wrong field, or where the model has not a row for each word
 */
export async function* trainSkipGram(
  model: SkipGramModel,
  corpus: Corpus,
  config: SkipGramConfig,
  rng: Rng,
  { records = 50 } = {},
): AsyncGenerator<SkipGramStep, void> {
  const { window, negatives, epochs, rate } = config;
  const { ids, counts, length } = corpus;
  checkWhole("trainSkipGram", "window", window, 1);
  checkWhole("trainSkipGram", "negatives", negatives, 0);
  checkWhole("trainSkipGram", "epochs", epochs, 0);
  checkWhole("trainSkipGram", "records", records, 1);
  checkPositive("trainSkipGram", "rate", rate);
  checkPositive("trainSkipGram", "subsample", config.subsample, true);
  for (const table of [model.input, model.output])
    checkRows("trainSkipGram", table.length, corpus.words.length, model.size);
  const uniform = fastUniform(fork(rng, "training"));
  const draw = aliasSampler(
    Float64Array.from(counts, (count) => count ** config.power),
    uniform,
  );
  const keep = Float64Array.from(counts, (count) => keepChance(count / length, config.subsample));
  const drawn = new Int32Array(negatives);
  const scratch = new Float32Array(model.size);
  const sentence = new Int32Array(ids.length); // what subsampling leaves of one sentence
  const total = epochs * length;
  let seen = 0;
  let told = 0;
  let pairs = 0;
  let loss = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let at = 0; at < ids.length;) {
      let kept = 0;
      for (; at < ids.length && ids[at] !== BREAK; at++, seen++)
        if (uniform() < keep[ids[at]]) sentence[kept++] = ids[at];
      at++;
      const now = rate * Math.max(1e-4, 1 - seen / total);
      for (let i = 0; i < kept; i++) {
        const reach = 1 + Math.floor(uniform() * window);
        for (let j = Math.max(0, i - reach); j <= Math.min(kept - 1, i + reach); j++) {
          if (j === i) continue;
          for (let k = 0; k < negatives; k++) drawn[k] = draw();
          loss += skipGramPair(model, sentence[i], sentence[j], drawn, now, scratch);
          pairs++;
        }
      }
      if (pairs > 0 && (seen - told >= total / records || seen === total)) {
        yield { done: seen / total, epoch, pairs, loss: loss / pairs, rate: now };
        [told, pairs, loss] = [seen, 0, 0];
      }
    }
  }
}
