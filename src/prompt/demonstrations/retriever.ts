/**
 * A retriever that learns which demonstrations help: EPR, Rubin, Herzig, Berant 2022, "Learning To Retrieve Prompts for
 * In-Context Learning".
 *
 * 1. `scoreCandidates`: the language model says how probable each example's answer is after each of a few candidates as
 *    the only demonstration. The best are its positives, the worst its negatives.
 * 2. `trainRetriever`: an encoder of questions and one of demonstrations are trained by contrast to find the positives.
 * 3. `encodeRows`, then `nearestDemonstrations`: retrieval as before, with the learned vectors.
 *
 * The paper trains two BERTs, and takes inner products. Here sentence vectors are frozen, an encoder is one matrix, and
 * vectors are compared by cosine, so training takes seconds. The matrices begin as the identity: an untrained retriever
 * is the nearest neighbour.
 */
import { fork, integer, tf } from "../../engine";
import type { Rng } from "../../engine";
import { epochRows } from "../../data";
import { unitRows } from "../../embeddings";
import { crossEntropy } from "../../ops";
import { disposeTraining, startTraining, train } from "../../train";
import { nearestDemonstrations } from "./nearest";

type Rows = readonly ArrayLike<number>[];

/** What the language model found: places in the pool. */
export interface ScoredExample {
  readonly query: number;
  /** Demonstrations after which the example's answer is most probable, best first. */
  readonly positives: readonly number[];
  /** Those after which it is least probable, worst first. */
  readonly negatives: readonly number[];
}

export interface CandidateOptions {
  /** Candidates an example: its nearest neighbours. The paper has 50; each costs a prompt. */
  readonly shortlist?: number;
  /** Positives and negatives an example; 5. */
  readonly keep?: number;
}

/**
 * Positives and negatives of every example of the pool.
 *
 * @param vectors [N][D], sentence vectors of the pool
 * @param score log-probability of the answer of example `query` after each candidate as the only demonstration
 * @throws RangeError where the pool is too small for the shortlist, the shortlist for twice `keep`, or a score is missing
 *   or NaN
 */
export async function scoreCandidates(
  vectors: Rows,
  score: (query: number, candidates: readonly number[]) => Promise<readonly number[]>,
  { shortlist = 20, keep = 5 }: CandidateOptions = {},
): Promise<ScoredExample[]> {
  if (!Number.isInteger(keep) || keep < 1 || 2 * keep > shortlist)
    throw new RangeError(
      `scoreCandidates: keep must be from 1 to half of the shortlist of ${shortlist}, got ${keep}`,
    );
  if (!Number.isInteger(shortlist) || shortlist >= vectors.length)
    throw new RangeError(
      `scoreCandidates: a shortlist of ${shortlist} needs a larger pool than the ${vectors.length} examples that there ` +
        "are. Cure: a shorter list, or more examples",
    );
  const scored: ScoredExample[] = [];
  for (const [query, vector] of vectors.entries()) {
    const candidates = nearestDemonstrations(vector, vectors, shortlist, [query]).map(({ index }) => index);
    const scores = await score(query, candidates);
    if (scores.length !== candidates.length || scores.some(Number.isNaN))
      throw new RangeError(
        `scoreCandidates: a log-probability was expected for each of the ${candidates.length} candidates of example ` +
          `${query}, got [${scores.join(", ")}]`,
      );
    const byScore = candidates
      .map((index, i) => ({ index, score: scores[i] as number }))
      .sort((a, b) => b.score - a.score)
      .map(({ index }) => index);
    scored.push({
      query,
      positives: byScore.slice(0, keep),
      negatives: byScore.slice(-keep).reverse(),
    });
  }
  return scored;
}

/** Two encoders as plain data: row-major [D, D], to be multiplied from the right. */
export interface Retriever {
  readonly query: Float32Array;
  readonly demonstration: Float32Array;
}

export interface RetrieverConfig {
  /** From `scoreCandidates`. */
  readonly examples: readonly ScoredExample[];
  readonly steps?: number;
  /** Examples a step, B: each brings a positive and a negative, which serve all others as negatives too. */
  readonly batch?: number;
  readonly learningRate?: number;
  /** Cosines are divided by it; 0.05, as in SimCSE. */
  readonly temperature?: number;
  readonly seed?: number;
  /** Told after each step: steps done, and the loss in nats. */
  readonly progress?: (step: number, loss: number) => void;
}

/**
 * Trains both encoders. The loss is the paper's: -log of the softmax over one positive, one hard negative and the positives
 * and negatives of the other examples of the batch, 2 B demonstrations in all. Of these, other positives of the example
 * and the example itself do not count as wrong (a departure: in a pool of a few hundred they come up often).
 *
 * @param vectors [N][D], as given to `scoreCandidates`
 * @throws RangeError where there are fewer examples than a batch, one has no positive or negative, or vectors differ in
 *   length
 */
export async function trainRetriever(vectors: Rows, config: RetrieverConfig): Promise<Retriever> {
  const { examples, steps = 200, batch = 16, learningRate = 1e-2, temperature = 0.05, seed = 0 } = config;
  const size = vectors[0]?.length ?? 0;
  expectTraining(vectors, size, examples, batch);
  const rows = (places: readonly number[]): tf.Tensor =>
    tf.tensor2d(places.map((place) => Array.from(vectors[place] as ArrayLike<number>)));
  const state = startTraining({ query: tf.eye(size), demonstration: tf.eye(size) }, seed);
  try {
    const run = train({
      state,
      steps,
      schedule: learningRate,
      optimizer: { weightDecay: 0 }, // decay would pull towards 0, and the beginning is the identity
      batch: (step, rng) => {
        const drawn = epochRows(step, batch, examples.length, rng).map(
          (row) => examples[row] as ScoredExample,
        );
        const shown = drawDemonstrations(drawn, rng);
        const leftOut = drawn.map(({ query, positives }, i) =>
          shown.map((place, j) => (j !== i && (place === query || positives.includes(place)) ? 1 : 0)),
        );
        return {
          queries: rows(drawn.map(({ query }) => query)), // [B, D]
          demonstrations: rows(shown), // [2 B, D]
          leftOut: tf.tensor2d(leftOut), // [B, 2 B]
        };
      },
      loss: (params, { queries, demonstrations, leftOut }) => {
        const q = unitRows(tf.matMul(queries, params.query)); // [B, D]
        const d = unitRows(tf.matMul(demonstrations, params.demonstration)); // [2 B, D]
        const scores = tf.matMul(q, d, false, true).div(temperature).sub(leftOut.mul(1e9)); // [B, 2 B]
        return crossEntropy(scores, tf.range(0, batch, 1, "int32")); // the positive of row i is in column i
      },
    });
    for await (const { step, loss } of run) config.progress?.(step, loss);
    const { query, demonstration } = state.params;
    return {
      query: (await query.data()) as Float32Array,
      demonstration: (await demonstration.data()) as Float32Array,
    };
  } finally {
    disposeTraining(state);
  }
}

/** A positive of each example, then a negative of each: 2 B places in the pool. */
function drawDemonstrations(drawn: readonly ScoredExample[], rng: Rng): number[] {
  return (["positives", "negatives"] as const).flatMap((kind) =>
    drawn.map((example, i) => {
      const from = example[kind];
      return from[integer(fork(rng, `${kind} ${i}`), from.length)] as number;
    }),
  );
}

function expectTraining(
  vectors: Rows,
  size: number,
  examples: readonly ScoredExample[],
  batch: number,
): void {
  const odd = vectors.findIndex((vector) => vector.length !== size);
  if (odd >= 0)
    throw new RangeError(
      `trainRetriever: vector ${odd} has ${(vectors[odd] as ArrayLike<number>).length} numbers and the first has ${size}`,
    );
  if (examples.length < batch)
    throw new RangeError(
      `trainRetriever: ${examples.length} examples do not fill a batch of ${batch}. Cure: a smaller batch`,
    );
  examples.forEach(({ query, positives, negatives }) => {
    const places = [query, ...positives, ...negatives];
    if (positives.length === 0 || negatives.length === 0 || places.some((place) => !(place in vectors)))
      throw new RangeError(
        `trainRetriever: example ${query} needs positives and negatives, all of them places in the pool of ` +
          `${vectors.length}; got [${positives.join()}] and [${negatives.join()}]`,
      );
  });
}

/**
 * Rows in the space of the retriever: each times an encoder's matrix.
 * @param matrix [D, D], `retriever.query` for questions, `retriever.demonstration` for the pool
 * @throws RangeError for a row whose length is not D
 */
export function encodeRows(rows: Rows, matrix: Float32Array): Float32Array[] {
  const size = Math.sqrt(matrix.length);
  return rows.map((row, n) => {
    if (row.length !== size)
      throw new RangeError(`encodeRows: row ${n} has ${row.length} numbers and the retriever takes ${size}`);
    const out = new Float32Array(size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        (out[j] as number) += (row[i] as number) * (matrix[i * size + j] as number);
    return out;
  });
}
