/**
 * Training on a few labels: the last blocks and a head, by our own loop. A pattern-verbalizer pair and a classifier with a
 * new head are trained by this one function, so that nothing but the head differs between them.
 *
 * PET's loss (section 3.1, equations 3 and 4) is L = (1 - alpha) L_CE + alpha L_MLM: the labels' cross entropy, and as a
 * help against forgetting the masked language modelling of unlabelled texts.
 */
import { jit, tf } from "../../engine";
import type { Rng } from "../../engine";
import { drawRows, epochRows, maskedBatch } from "../../data";
import type { MlmConfig } from "../../data";
import { bertBlocks, bertEmbed, bertMlm } from "../../models";
import type { BertBlock } from "../../models";
import { crossEntropy, embed, logSoftmax } from "../../ops";
import { disposeTraining, startTraining, train } from "../../train";
import { mapTensors } from "../../tree";
import type { MaskedModel } from "../masked";
import type { Readout, WordHead } from "./readout";
import { takeRows } from "./states";
import type { States } from "./states";

/** What training changes: the blocks from `from` on, and a head. The caller frees it: `disposeTree(tuned.params)`. */
export interface Tuned<Head> {
  readonly from: number;
  readonly readout: Readout<Head>;
  readonly params: TunedParams<Head>;
}

export interface TunedParams<Head> {
  readonly blocks: readonly BertBlock[];
  readonly head: Head;
}

export interface TuneOptions {
  readonly steps: number;
  /** Peak rate, which falls to 0 in a line after a tenth of the steps. */
  readonly learningRate: number;
  /** Most rows of a step; 16. */
  readonly batch?: number;
  /** Of batches and dropout. */
  readonly seed?: number;
  /** For a `wordReadout`: masked language modelling beside the labels. None without it. */
  readonly mlm?: MlmLoss;
  readonly progress?: (step: number, loss: number) => void;
}

export interface MlmLoss extends Pick<MlmConfig, "mask" | "special"> {
  /** Share of this loss; 1e-4 in PET. */
  readonly alpha: number;
  /** Unlabelled texts, from `textRows`. */
  readonly rows: readonly Int32Array[];
  /** Rows of a step, tokens of a row, and the most that are asked of it. */
  readonly batch: number;
  readonly length: number;
  readonly most: number;
}

/** A model with a head, before it is trained: PET at 0 labels. */
export function untuned<Head>({ params }: MaskedModel, readout: Readout<Head>, from: number): Tuned<Head> {
  const copy = mapTensors(params.blocks.slice(from), (each) => each.clone());
  return { from, readout, params: { blocks: copy, head: readout.init() } };
}

/**
 * Trains the blocks after the frozen ones, and the head.
 *
 * @param states of the labelled texts
 * @param targets what is right for each: a distribution over the labels, [N][K], 1 and 0 for a label that is known
 * @throws RangeError where there are not as many targets as texts, or none
 */
export async function tune<Head>(
  model: MaskedModel,
  readout: Readout<Head>,
  states: States,
  targets: readonly (readonly number[])[],
  options: TuneOptions,
): Promise<Tuned<Head>> {
  const { steps, learningRate, batch = 16, seed = 0, mlm, progress } = options;
  const { from } = states;
  const count = states.states.shape[0] as number;
  if (targets.length !== count || count === 0)
    throw new RangeError(`tune: ${count} texts, but targets for ${targets.length}`);
  const rows = Math.min(batch, count);
  const first = untuned(model, readout, from);
  const state = startTraining(first.params, seed);
  const asked = mlm && mlmFields(model, mlm, from);
  try {
    const run = train<TunedParams<Head>, Record<string, tf.Tensor>>({
      state,
      steps,
      schedule: { kind: "linear", peak: learningRate, warmup: Math.ceil(steps / 10), steps },
      optimizer: { weightDecay: 0.01, decay: "matrices" },
      clip: 1,
      batch: (step, rng) => {
        const chosen = epochRows(step, rows, count, state.rng);
        const { states: x, mask, at } = takeRows(states, chosen);
        const labels = tf.tensor2d(chosen.map((row) => [...targets[row]!]));
        return { states: x, mask, at, labels, ...asked?.fields(rng) };
      },
      loss: (params, fields, ctx) => {
        const input = { mask: fields["mask"]!, at: fields["at"]! };
        const last = lastStates(model, params, from, fields["states"]!, input.mask, ctx.rng); // [B, T, C]
        const scores = logSoftmax(readout.logits(params.head, last, input)); // [B, K]
        const ce = scores.mul(fields["labels"]!).sum(1).mean().neg() as tf.Scalar;
        if (!asked || !mlm) return ce;
        return ce.mul(1 - mlm.alpha).add(asked.loss(params, fields, ctx.rng).mul(mlm.alpha)) as tf.Scalar;
      },
    });
    for await (const { step, loss } of run) progress?.(step, loss);
  } catch (error) {
    disposeTraining(state);
    throw error;
  } finally {
    asked?.dispose();
  }
  tf.dispose(state.optimizer as object as tf.TensorContainer);
  return { from, readout, params: state.params };
}

/** States after all blocks. @param x float32 [B, T, C] after block `from - 1` */
function lastStates<Head>(
  { config, params }: MaskedModel,
  { blocks }: TunedParams<Head>,
  from: number,
  x: tf.Tensor,
  mask: tf.Tensor,
  rng?: Rng,
): tf.Tensor {
  const all = { ...params, blocks: [...params.blocks.slice(0, from), ...blocks] };
  return bertBlocks(all, config, x, rng ? { rng } : {}, { mask: mask.cast("bool") }, { from });
}

/** The fields of a step for L_MLM, and the loss itself. Texts are masked anew at each step, so nothing is kept of them. */
function mlmFields(model: MaskedModel, { rows, batch, length, most, mask, special }: MlmLoss, from: number) {
  const { config, params } = model;
  const below = jit(
    (ids: tf.Tensor, known: tf.Tensor): tf.Tensor =>
      bertBlocks(
        params,
        config,
        bertEmbed(params, config, ids),
        {},
        { mask: known.cast("bool") },
        { to: from },
      ),
    { name: "frozen blocks" },
  );
  return {
    fields: (rng: Rng): Record<string, tf.Tensor> =>
      tf.tidy(() => {
        const drawn = maskedBatch(drawRows(rows, batch, rng), { length, most, pad: 0, mask, special, vocabSize: config.vocabSize }, rng); // prettier-ignore
        const [ids, known, places, labels] = [drawn.inputs, drawn.mask, drawn.places, drawn.labels].map(({ data, shape }) => tf.tensor(data, [...shape], "int32")) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]; // prettier-ignore
        return { mlmStates: below(ids, known), mlmMask: known, mlmPlaces: places, mlmLabels: labels };
      }),
    loss<Head>(tunedParams: TunedParams<Head>, fields: Record<string, tf.Tensor>, rng?: Rng): tf.Scalar {
      const { transform, norm } = tunedParams.head as unknown as WordHead;
      const last = lastStates(model, tunedParams, from, fields["mlmStates"]!, fields["mlmMask"]!, rng);
      const hidden = embed(fields["mlmPlaces"]!, last.reshape([-1, config.dModel])); // [B * T, C] -> [B * P, C]
      const scores = bertMlm({ ...params, mlm: { transform, norm, bias: params.mlm!.bias } }, config, hidden); // [B * P, V]
      return crossEntropy(scores, fields["mlmLabels"]!);
    },
    dispose: () => below.dispose(),
  };
}

/** Judges texts by a tuned model; keep it for many models of one readout, for its program is compiled once. */
export function judge<Head>(model: MaskedModel, readout: Readout<Head>, batch = 50) {
  const run = jit(
    (params: TunedParams<Head>, from: number, x: tf.Tensor, mask: tf.Tensor, at: tf.Tensor): tf.Tensor =>
      readout.logits(params.head, lastStates(model, params, from, x, mask), { mask, at }),
    { name: "judge" },
  );
  return {
    /** Scores of the labels for each text, [N][K]; the softmax of them is q(l | x). */
    async logits(
      { params, from }: Pick<Tuned<Head>, "params" | "from">,
      states: States,
    ): Promise<number[][]> {
      const count = states.states.shape[0] as number;
      const results: number[][] = [];
      for (let at = 0; at < count; at += batch) {
        // The last rows are filled up with the first one, so that there is one program.
        const rows = Array.from({ length: batch }, (_, i) => (at + i < count ? at + i : 0));
        const scores = tf.tidy(() => {
          const part = takeRows(states, rows);
          return run(params, from, part.states, part.mask, part.at); // [batch, K]
        });
        results.push(...(await scores.array() as number[][]).slice(0, count - at)); // prettier-ignore
        scores.dispose();
      }
      return results;
    },
    dispose: () => run.dispose(),
  };
}
