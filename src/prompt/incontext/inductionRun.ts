import { fork, makeRng } from "../../engine";
import type { LmBatch } from "../../data";
import type { HeadScores } from "../../lens";
import { crossEntropy } from "../../ops";
import { startTraining, train } from "../../train";
import type { TrainConfig, Training } from "../../train";
import { attentionOnly, initAttentionOnly } from "./attentionOnly";
import type { AttentionOnlyConfig, AttentionOnlyParams } from "./attentionOnly";
import { repeatedBatch, repeatedSegments, repeatHeads, repeatLosses } from "./induction";
import type { RepeatedSegmentOptions, RepeatLosses } from "./induction";

/** What the models of bench/incontext/induction.ts learn from. */
export const inductionRows: Omit<RepeatedSegmentOptions, "count"> = {
  length: 48,
  vocabSize: 48,
  shortest: 8,
  longest: 23,
};

export interface InductionRunOptions {
  readonly nLayer: number;
  readonly steps: number;
  /** Of first weights, rows and what is judged with; 1 without it. */
  readonly seed?: number;
  /** Rows of a batch; 32 without it. */
  readonly batch?: number;
  /** Heads and losses are looked at after every so many steps; 20 without it. */
  readonly every?: number;
  /** Rows that are looked at; 64 without it. */
  readonly judged?: number;
  readonly stop?: TrainConfig<AttentionOnlyParams, LmBatch>["stop"];
}

/** How far a run is: the loss of its batch, and what it does on rows that it does not learn from. */
export interface InductionRecord {
  readonly step: number;
  /** Nats, all places. */
  readonly loss: number;
  readonly losses: RepeatLosses;
  readonly heads: readonly HeadScores[];
}

/**
 * Trains attention-only models of four heads a layer and watches for the moment at which induction heads form (Olsson
 * 2022, argument 1): the loss of tokens that came before falls all at once, and in the same steps heads turn to what
 * followed. With one layer there is no such moment: no head can look at what an earlier head wrote.
 *
 * The caller disposes `state` (`disposeTraining`).
 */
export function inductionRun(options: InductionRunOptions): {
  readonly config: AttentionOnlyConfig;
  readonly state: Training<AttentionOnlyParams>;
  readonly records: AsyncGenerator<InductionRecord>;
} {
  const { nLayer, steps, seed = 1, batch = 32, every = 20, judged = 64, stop } = options;
  const { vocabSize, length } = inductionRows;
  const config: AttentionOnlyConfig = { vocabSize, context: length, dModel: 64, nLayer, nHead: 4 };
  const state = startTraining(initAttentionOnly(config, makeRng(seed)), seed);
  const rows = repeatedSegments(fork(makeRng(seed), "judged"), { ...inductionRows, count: judged });
  async function* records(): AsyncGenerator<InductionRecord> {
    const loop = train<AttentionOnlyParams, LmBatch>({
      state,
      steps,
      schedule: 3e-3,
      clip: 1,
      loss: (params, { inputs, labels }, ctx) =>
        crossEntropy(attentionOnly(params, config, inputs, ctx), labels),
      batch: (_, rng) => repeatedBatch(repeatedSegments(rng, { ...inductionRows, count: batch })),
      optimizer: { beta2: 0.99, weightDecay: 0.01, decay: "matrices" },
      stop,
    });
    for await (const { step, loss } of loop) {
      if (step % every !== 0) continue;
      const losses = await repeatLosses(state.params, config, rows);
      yield { step, loss, losses, heads: await repeatHeads(state.params, config, rows) };
    }
  }
  return { config, state, records: records() };
}
