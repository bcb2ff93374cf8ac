/**
 * A reward model of which only the head is trained, on states that a large model has made once. It takes seconds, and a few
 * hundred comparisons of real people are too few for more.
 */
import { fork, makeRng, shuffle, tf } from "../engine";
import { dense } from "../nn";
import type { DenseParams } from "../nn";
import { disposeTraining, startTraining, train } from "../train";
import { disposeTree } from "../tree";
import { rankingLoss } from "./reward";
import type { ComparedAnswers } from "./reward";

/** The answers to one prompt as the states after their last tokens, and who was preferred to whom. */
export interface ComparedStates extends Pick<ComparedAnswers, "comparisons"> {
  /** [K][C] */
  readonly states: readonly (readonly number[])[];
}

export interface RewardHeadOptions {
  readonly epochs?: number;
  readonly learningRate?: number;
  /** Pulls the head towards 0, which is much needed: 3 without it. */
  readonly weightDecay?: number;
  readonly seed?: number;
}

/** Prompts of a step. */
const BATCH = 16;

/**
 * A column of numbers on states, trained by the ranking loss, all answers of a prompt together. Each number of a state is
 * brought to mean 0 and deviation 1 over the training states first, and the head then takes that back in: it is used on
 * states as they are.
 *
 * @returns weight [C, 1] and bias [1]; the caller frees it: `disposeTree`
 * @throws RangeError without comparisons
 */
export async function trainRewardHead(
  compared: readonly ComparedStates[],
  { epochs = 10, learningRate = 3e-3, weightDecay = 3, seed = 0 }: RewardHeadOptions = {},
): Promise<DenseParams> {
  const usable = compared.filter(({ comparisons }) => comparisons.length > 0);
  if (usable.length === 0) throw new RangeError("trainRewardHead: there are no comparisons");
  const { mean, deviation } = moments(usable.flatMap(({ states }) => states));
  const size = mean.length;
  const most = Math.max(...usable.map(({ states }) => states.length));
  const batchOf = (chosen: readonly ComparedStates[]) => {
    const states = new Float32Array(BATCH * most * size);
    const wins = new Float32Array(BATCH * most * most);
    chosen.forEach((own, n) => {
      own.states.forEach((state, k) =>
        states.set(
          state.map((x, i) => (x - mean[i]!) / deviation[i]!),
          (n * most + k) * size,
        ),
      );
      for (const [winner, loser] of own.comparisons) wins[(n * most + winner) * most + loser]!++;
    });
    return {
      states: tf.tensor2d(states, [BATCH * most, size]),
      wins: tf.tensor3d(wins, [BATCH, most, most]),
    };
  };
  const perEpoch = Math.ceil(usable.length / BATCH);
  const steps = epochs * perEpoch;
  const state = startTraining<DenseParams>({ weight: tf.zeros([size, 1]), bias: tf.zeros([1]) }, seed);
  const run = train<DenseParams, { states: tf.Tensor; wins: tf.Tensor }>({
    state,
    // The bias takes no part in differences, and gets a gradient of 0.
    loss: (head, { states, wins }) => rankingLoss(dense(head, states).reshape([BATCH, most]), wins), // [N, K]
    batch: (step) => {
      const order = shuffle(fork(makeRng(seed), Math.floor(step / perEpoch)), usable);
      return batchOf(order.slice((step % perEpoch) * BATCH, ((step % perEpoch) + 1) * BATCH));
    },
    steps,
    schedule: { kind: "cosine", peak: learningRate, steps },
    optimizer: { weightDecay, decay: "matrices" },
  });
  try {
    for await (const record of run) void record;
    return tf.tidy(() => {
      const scale = tf.tensor2d(deviation.map((each) => [1 / each]));
      const weight = state.params.weight.mul(scale); // [C, 1]
      const shift = tf.matMul(tf.tensor2d([mean]), weight as tf.Tensor2D).reshape([1]);
      return { weight, bias: shift.neg() };
    });
  } finally {
    disposeTraining(state);
  }
}

/** The scores of states by a head, [N]. */
export async function headScores(
  head: DenseParams,
  states: readonly (readonly number[])[],
): Promise<number[]> {
  const scores = tf.tidy(() => dense(head, tf.tensor2d(states.map((row) => [...row]))).squeeze([1]));
  const values = Array.from(await scores.data());
  disposeTree(scores);
  return values;
}

function moments(rows: readonly (readonly number[])[]): { mean: number[]; deviation: number[] } {
  const size = rows[0]!.length;
  const mean = Array.from(
    { length: size },
    (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length,
  );
  const deviation = mean.map((middle, i) =>
    Math.sqrt(rows.reduce((sum, row) => sum + (row[i]! - middle) ** 2, 0) / rows.length + 1e-6),
  );
  return { mean, deviation };
}
