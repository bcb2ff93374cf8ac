/**
 * The second rung of the ladder: words have vectors that a large text gave them, and an LSTM reads them one after the other
 * (Kim 2014 for the idea of fixed vectors, Hochreiter and Schmidhuber 1997 for the cell). What it knows of language is in the
 * vectors; how words make a sentence it has to learn from the labels alone.
 */
import { fork, jit, makeRng, normalTensor, tf } from "../../engine";
import { epochRows } from "../../data";
import type { WordVectors } from "../../embeddings";
import { initRnnLayer, rnnLayer } from "../../models";
import type { RnnLayer } from "../../models";
import { dense } from "../../nn";
import type { DenseParams } from "../../nn";
import { crossEntropy } from "../../ops";
import { disposeTraining, startTraining, train } from "../../train";
import { bagOfWords } from "./naive-bayes";
import { atPlaces } from "./readout";

export interface LstmOptions {
  readonly steps: number;
  readonly learningRate: number;
  /** Width of the state; 64. */
  readonly size?: number;
  /** Most words of a text; 32. */
  readonly length?: number;
  readonly batch?: number;
  readonly seed?: number;
  readonly progress?: (step: number, loss: number) => void;
}

interface LstmParams {
  readonly layer: RnnLayer;
  readonly head: DenseParams;
}

/**
 * Trains on labelled texts and judges others.
 *
 * @param vectors stay as they are; words that have none are left out
 * @returns scores of the labels for each judged text, [N][K]
 * @throws RangeError where there are no rows to learn from
 */
export async function lstmScores(
  vectors: WordVectors,
  rows: readonly { readonly text: string; readonly label: string }[],
  judged: readonly string[],
  labels: readonly string[],
  { steps, learningRate, size = 64, length = 32, batch = 16, seed = 0, progress }: LstmOptions,
): Promise<number[][]> {
  if (rows.length === 0) throw new RangeError("lstmScores: there are no rows to learn from");
  const rng = fork(makeRng(seed), "lstm");
  const known = texts(vectors, rows.map(({ text }) => text), length); // prettier-ignore
  const classes = Int32Array.from(rows, ({ label }) => labels.indexOf(label));
  const first: LstmParams = {
    layer: initRnnLayer(rng, "lstm", vectors.size, size),
    head: {
      weight: normalTensor(fork(rng, "head"), [size, labels.length], 0.02),
      bias: tf.zeros([labels.length]),
    },
  };
  /** @param x float32 [B, T, D] @param last int32 [B]: the place of the last word */
  const scores = ({ layer, head }: LstmParams, x: tf.Tensor, last: tf.Tensor): tf.Tensor =>
    dense(head, atPlaces(rnnLayer(layer, "lstm", x).out, last)); // [B, K]
  const state = startTraining(first, seed);
  const run = jit(scores, { name: "lstm" });
  try {
    const count = Math.min(batch, rows.length);
    const steady = train<LstmParams, { x: tf.Tensor; last: tf.Tensor; labels: tf.Tensor }>({
      state,
      steps,
      schedule: learningRate,
      clip: 1,
      batch: (step) => {
        const chosen = epochRows(step, count, rows.length, state.rng);
        return {
          ...known(chosen),
          labels: tf.tensor1d(chosen.map((row) => classes[row]!), "int32"), // prettier-ignore
        };
      },
      loss: (params, { x, last, labels: right }) => crossEntropy(scores(params, x, last), right),
    });
    for await (const { step, loss } of steady) progress?.(step, loss);
    const all = texts(vectors, judged, length)(judged.map((_, i) => i));
    const out = tf.tidy(() => run(state.params, all.x, all.last)); // [N, K]
    tf.dispose([all.x, all.last]);
    const values = (await out.array()) as number[][];
    out.dispose();
    return values;
  } finally {
    run.dispose();
    disposeTraining(state);
  }
}

/** Texts as the vectors of their words: x float32 [B, T, D], zeros after the last, and the last one's place int32 [B]. */
function texts(vectors: WordVectors, all: readonly string[], length: number) {
  const { size } = vectors;
  const ids = all.map((text) =>
    bagOfWords(text)
      .flatMap((word) => vectors.id(word) ?? [])
      .slice(0, length),
  );
  return (rows: readonly number[]): { x: tf.Tensor; last: tf.Tensor } => {
    const data = new Float32Array(rows.length * length * size);
    rows.forEach((row, b) =>
      ids[row]!.forEach((id, t) =>
        data.set(vectors.values.subarray(id * size, (id + 1) * size), (b * length + t) * size),
      ),
    );
    return {
      x: tf.tensor3d(data, [rows.length, length, size]),
      last: tf.tensor1d(rows.map((row) => Math.max(0, ids[row]!.length - 1)), "int32"), // prettier-ignore
    };
  };
}
