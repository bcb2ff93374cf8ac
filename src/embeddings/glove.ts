/**
 * GloVe: vectors whose dot products are the logarithms of co-occurrence counts.
 *
 * Pennington, Socher, Manning (2014), "GloVe: Global Vectors for Word Representation", equations 8 and 9.
 */
import { fork } from "../engine";
import type { Rng } from "../engine";
import { checkPositive, checkRows, checkWhole } from "./check";
import { fastUniform } from "./random";
import type { SparseMatrix } from "./sparse";

export interface GloveConfig {
  readonly size: number;
  readonly epochs: number;
  /** AdaGrad's learning rate (section 4.2: 0.05). */
  readonly rate: number;
  /** Counts from here on weigh 1 (section 3: 100, for 10^9 words and more; small texts need less). */
  readonly xMax: number;
  /** Exponent of the weighting (section 3: 3/4). */
  readonly alpha: number;
}

export const gloveDefaults: GloveConfig = { size: 64, epochs: 25, rate: 0.05, xMax: 100, alpha: 0.75 };

/** A vector and a bias for a word in each of its two roles. */
export interface GloveModel {
  readonly size: number;
  /** [V, size + 1]: the last number of a row is the bias. */
  readonly word: Float64Array;
  /** [V, size + 1] */
  readonly context: Float64Array;
}

/** Numbers uniform in ±1 / (2 size), as in the authors' code. */
export function initGlove(words: number, size: number, rng: Rng): GloveModel {
  const uniform = fastUniform(fork(rng, "glove"));
  const table = (): Float64Array =>
    Float64Array.from({ length: words * (size + 1) }, () => (uniform() - 0.5) / (size + 1));
  return { size, word: table(), context: table() };
}

/** f(x) = (x / xMax)^alpha, at most 1 (equation 9): rare counts are noisy, frequent ones must not rule. */
export const gloveWeight = (count: number, xMax: number, alpha: number): number =>
  count < xMax ? (count / xMax) ** alpha : 1;

/** The loss of one count, f(x) (w.c + b + b' - log x)^2 (a term of equation 8). */
export function gloveLoss(
  model: GloveModel,
  i: number,
  j: number,
  count: number,
  config: GloveConfig,
): number {
  return gloveWeight(count, config.xMax, config.alpha) * difference(model, i, j, count) ** 2;
}

function difference({ size, word, context }: GloveModel, i: number, j: number, count: number): number {
  const [w, c] = [i * (size + 1), j * (size + 1)];
  let dot = word[w + size] + context[c + size];
  for (let d = 0; d < size; d++) dot += word[w + d] * context[c + d];
  return dot - Math.log(count);
}

export interface GloveStep {
  readonly epoch: number;
  /** Mean of f(x) (w.c + b + b' - log x)^2 over the counts of the matrix, seen in this epoch. */
  readonly loss: number;
}

/**
 * Trains the model in place, one record an epoch. Each count is a step of AdaGrad (Duchi et al. 2011); as in the authors'
 * code the sums of squares begin at 1 and the factor 2 of the gradient is left to the rate.
 *
 * @throws RangeError that names a wrong field, or where the model has not a row for each word
 */
export async function* trainGlove(
  model: GloveModel,
  counts: SparseMatrix,
  config: GloveConfig,
  rng: Rng,
): AsyncGenerator<GloveStep, void> {
  const { size, word, context } = model;
  checkWhole("trainGlove", "epochs", config.epochs, 0);
  checkPositive("trainGlove", "rate", config.rate);
  checkPositive("trainGlove", "xMax", config.xMax);
  checkRows("trainGlove", word.length, counts.rows, size + 1);
  checkRows("trainGlove", context.length, counts.columns, size + 1);
  const uniform = fastUniform(fork(rng, "order"));
  const entries = counts.values.length;
  const row = new Int32Array(entries);
  for (let i = 0; i < counts.rows; i++) row.fill(i, counts.starts[i], counts.starts[i + 1]);
  const weight = counts.values.map((count) => gloveWeight(count, config.xMax, config.alpha));
  const order = Int32Array.from({ length: entries }, (_, k) => k);
  const wordSquares = new Float64Array(word.length).fill(1);
  const contextSquares = new Float64Array(context.length).fill(1);
  for (let epoch = 0; epoch < config.epochs; epoch++) {
    for (let k = entries - 1; k > 0; k--) {
      const other = Math.floor(uniform() * (k + 1));
      [order[k], order[other]] = [order[other], order[k]];
    }
    let loss = 0;
    for (const k of order) {
      const miss = difference(model, row[k], counts.column[k], counts.values[k]);
      loss += weight[k] * miss * miss;
      const step = weight[k] * miss;
      const w = row[k] * (size + 1);
      const c = counts.column[k] * (size + 1);
      for (let d = 0; d <= size; d++) {
        const last = d === size; // the bias: its other factor is 1
        const forWord = step * (last ? 1 : context[c + d]);
        const forContext = step * (last ? 1 : word[w + d]);
        wordSquares[w + d] += forWord * forWord;
        contextSquares[c + d] += forContext * forContext;
        word[w + d] -= (config.rate * forWord) / Math.sqrt(wordSquares[w + d]);
        context[c + d] -= (config.rate * forContext) / Math.sqrt(contextSquares[c + d]);
      }
    }
    yield { epoch, loss: loss / entries };
  }
}

/** The vectors to use: word plus context (section 4.2), [V, size] by rows, without biases. */
export function gloveVectors({ size, word, context }: GloveModel): Float32Array {
  const rows = word.length / (size + 1);
  const out = new Float32Array(rows * size);
  for (let i = 0; i < rows; i++)
    for (let d = 0; d < size; d++) out[i * size + d] = word[i * (size + 1) + d] + context[i * (size + 1) + d];
  return out;
}
