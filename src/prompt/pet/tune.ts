/**
 * Training on a few labels: the last blocks and a head, by our own loop. A pattern-verbalizer pair and a classifier with a
 * new head are trained by this one function, so that nothing but the head differs between them.
 */
import { fork, jit, makeRng, tf } from "../../engine";
import type { Rng } from "../../engine";
import { epochRows } from "../../data";
import { bertBlocks } from "../../models";
import type { BertBlock } from "../../models";
import { logSoftmax } from "../../ops";
import { disposeTraining, startTraining, train, trainPrograms } from "../../train";
import { disposeTree, mapTensors } from "../../tree";
import type { MaskedModel } from "../masked";
import { auxiliary } from "./auxiliary";
import type { MlmLoss } from "./auxiliary";
import type { Readout } from "./readout";
import { takeRows } from "./states";
import type { States } from "./states";

/** What training changes: the blocks that are not frozen, and a head. The caller frees it: `disposeTree`. */
export interface Tuned<Head> {
  readonly blocks: readonly BertBlock[];
  readonly head: Head;
}

export interface TuneOptions {
  readonly steps: number;
  /** Peak rate: reached after a tenth of the steps, then it falls to 0 in a line. */
  readonly learningRate: number;
  /** Most rows of a step; 16. */
  readonly batch?: number;
  /** Of a new head, of batches and dropout; 0. */
  readonly seed?: number;
  readonly progress?: (step: number, loss: number) => void;
}

export interface Tuner<Head> {
  /** The model and a head before any training: PET at 0 labels. */
  untuned(seed?: number): Tuned<Head>;
  /**
   * Trains a copy.
   * @param states of the labelled texts, from `frozenStates` with the tuner's `from`
   * @param targets what is right for each: a distribution over the labels, [N][K]; 1 and 0 for a label that is known
   * @throws RangeError where there are no texts, not as many targets, or the states have been through other blocks
   */
  tune(states: States, targets: readonly (readonly number[])[], options: TuneOptions): Promise<Tuned<Head>>;
  /** Scores of the labels for each text, [N][K]; the softmax of them is q(l | x). */
  logits(tuned: Tuned<Head>, states: States): Promise<number[][]>;
  /** Frees the compiled programs. */
  dispose(): void;
}

/** Texts judged at a time. */
const JUDGED = 50;

/**
 * Trains and judges with one kind of head. Its programs are compiled once for all runs, so make it once for many seeds.
 *
 * PET's loss (section 3.1, equations 3 and 4) is L = (1 - alpha) L_CE + alpha L_MLM: the labels' cross entropy, and, as a
 * help against forgetting, masked language modelling of unlabelled texts.
 *
 * @param from blocks that stay as they are; the embeddings always do, which PET trains too
 * @param mlm L_MLM for a `wordReadout`; none without it
 */
export function tuner<Head>(
  model: MaskedModel,
  readout: Readout<Head>,
  from: number,
  mlm?: MlmLoss,
): Tuner<Head> {
  const { config, params: base } = model;
  /** States after all blocks. @param x float32 [B, T, C] after block `from - 1` */
  const above = ({ blocks }: Tuned<Head>, x: tf.Tensor, mask: tf.Tensor, rng?: Rng): tf.Tensor => {
    const all = { ...base, blocks: [...base.blocks.slice(0, from), ...blocks] };
    return bertBlocks(all, config, x, rng ? { rng } : {}, { mask: mask.cast("bool") }, { from });
  };
  const aside = mlm && auxiliary(model, mlm, from);
  const step = {
    optimizer: { weightDecay: 0.01, decay: "matrices" as const },
    clip: 1,
    loss: (
      params: Tuned<Head>,
      fields: Record<string, tf.Tensor>,
      ctx: { readonly rng?: Rng },
    ): tf.Scalar => {
      const { states, mask, at, labels } = fields as Record<"states" | "mask" | "at" | "labels", tf.Tensor>;
      const last = above(params, states, mask, ctx.rng); // [B, T, C]
      const scores = logSoftmax(readout.logits(params.head, last, { mask, at })); // [B, K]
      const ce = scores.mul(labels).sum(1).mean().neg() as tf.Scalar;
      if (!aside || !mlm) return ce;
      const other = aside.loss(params.head, fields, (x, known) => above(params, x, known, ctx.rng));
      return ce.mul(1 - mlm.alpha).add(other.mul(mlm.alpha)) as tf.Scalar;
    },
  };
  const programs = trainPrograms<Tuned<Head>, Record<string, tf.Tensor>>(step);
  const judge = jit(
    (params: Tuned<Head>, x: tf.Tensor, mask: tf.Tensor, at: tf.Tensor): tf.Tensor =>
      readout.logits(params.head, above(params, x, mask), { mask, at }),
    { name: "judge" },
  );
  const untuned = (seed = 0): Tuned<Head> => ({
    blocks: mapTensors(base.blocks.slice(from), (each) => each.clone()),
    head: readout.init(fork(makeRng(seed), "head")),
  });

  return {
    untuned,
    async tune(states, targets, { steps, learningRate, batch = 16, seed = 0, progress }) {
      const count = states.states.shape[0] as number;
      expectStates(states, from, targets.length);
      const rows = Math.min(batch, count);
      const state = startTraining(untuned(seed), seed);
      try {
        const run = train<Tuned<Head>, Record<string, tf.Tensor>>({
          ...step,
          programs,
          state,
          steps,
          schedule: { kind: "linear", peak: learningRate, warmup: Math.floor(steps / 10), steps },
          batch: (done, rng) => {
            const chosen = epochRows(done, rows, count, state.rng);
            const { states: x, mask, at } = takeRows(states, chosen);
            const labels = tf.tensor2d(chosen.map((row) => [...targets[row]!]));
            return { states: x, mask, at, labels, ...aside?.fields(rng) };
          },
        });
        for await (const { step: done, loss } of run) progress?.(done, loss);
      } catch (error) {
        disposeTraining(state);
        throw error;
      }
      disposeTree(state.optimizer);
      return state.params;
    },
    async logits(tuned, states) {
      const count = states.states.shape[0] as number;
      expectStates(states, from, count);
      const results: number[][] = [];
      for (let first = 0; first < count; first += JUDGED) {
        // The last rows are filled up with the first one, so that there is one program.
        const rows = Array.from({ length: JUDGED }, (_, i) => (first + i < count ? first + i : 0));
        const scores = tf.tidy(() => {
          const { states: x, mask, at } = takeRows(states, rows);
          return judge(tuned, x, mask, at); // [JUDGED, K]
        });
        results.push(...((await scores.array()) as number[][]).slice(0, count - first));
        scores.dispose();
      }
      return results;
    },
    dispose() {
      programs.dispose();
      judge.dispose();
      aside?.dispose();
    },
  };
}

function expectStates(states: States, from: number, targets: number): void {
  const count = states.states.shape[0] as number;
  if (count !== targets) throw new RangeError(`tune: ${count} texts, but targets for ${targets}`);
  if (states.from !== from)
    throw new RangeError(
      `tune: the states have been through ${states.from} blocks, and ${from} are frozen here. Cure: frozenStates with from: ${from}`,
    );
}
