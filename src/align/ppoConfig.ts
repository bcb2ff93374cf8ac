import type { Rng, tf } from "../engine";
import type { LmBatch } from "../data";
import type { Decoder } from "../models";
import type { AdamWConfig, Schedule, Training } from "../train";
import type { PpoCoefficients, PpoParams } from "./ppoLoss";
import type { Drawn } from "./rollout";

export interface PpoConfig<P> {
  /** The model's functions; its own parameters are the SFT model's, from which the KL is measured. They stay. */
  readonly model: Decoder<P>;
  /** From `startTraining({ policy, value })`; changed in place. Its `step` counts iterations. */
  readonly state: Training<PpoParams<P>>;
  /** The prompts of an iteration, from 0 on; always as many. */
  readonly prompts: (iteration: number, rng: Rng) => readonly (readonly number[])[];
  /** Most tokens of a prompt, and of an answer. */
  readonly promptLength: number;
  readonly maxNewTokens: number;
  /** Ends an answer; without it all answers have `maxNewTokens`. */
  readonly end?: number;
  /** r(x, y) of each answer: a reward model (`rewardJudge`), a rule, or both. */
  readonly score: (answers: readonly Drawn[]) => Promise<readonly number[]> | readonly number[];
  /** Iterations in all: a state that has done 30 of 100 does 70 more. */
  readonly iterations: number;
  /** Price of a nat of KL from the SFT model; Ouyang et al.: 0.02. */
  readonly beta: number;
  /** How often each answer is learned from. */
  readonly epochs: number;
  /** Steps of an epoch: the batch is cut into so many parts. */
  readonly minibatches: number;
  readonly schedule: Schedule | number;
  /** No weight decay without it. */
  readonly optimizer?: Omit<AdamWConfig, "learningRate">;
  /** Longest gradient; none without it. */
  readonly gradientClip?: number;
  /** Of the advantages, see `gae`: 1 and 0.95 without them. */
  readonly gamma?: number;
  readonly lambda?: number;
  /** clip 0.2, valueClip 0.2, valueCoefficient 0.1 without them. */
  readonly coefficients?: Partial<Omit<PpoCoefficients, "ptx">>;
  /** The pretraining mix of PPO-ptx: a batch for each step, and what its loss counts. */
  readonly ptx?: { readonly coefficient: number; readonly batch: (rng: Rng) => LmBatch };
  /** Most nats that a mean answer may lie from the SFT model's, and move in one iteration; 200 without it. */
  readonly maxKl?: number;
  /** Where only the last blocks are trained: what they read (new tensors), and the whole model, which writes. */
  readonly upper?: {
    readonly read: (ids: tf.Tensor) => tf.Tensor;
    readonly writer: (policy: P) => Decoder;
  };
  /** Called after every `every` iterations and after the last; `saveTraining` writes a file. */
  readonly checkpoint?: {
    readonly every: number;
    readonly save: (state: Training<PpoParams<P>>) => Promise<void> | void;
  };
  /** Asked after each iteration: true, or an aborted signal, ends the run. In a notebook: `stopFlag()`. */
  readonly stop?: AbortSignal | (() => boolean);
}

/** What one iteration did. Means are over its answers, which the policy wrote before it learned from them. */
export interface PpoRecord {
  /** 1 after the first. */
  readonly iteration: number;
  /** Mean of the scores, without the KL penalty. */
  readonly reward: number;
  /** Mean of log pi(y | x) - log pi_SFT(y | x), nats an answer: an estimate of the KL divergence from the SFT model. */
  readonly kl: number;
  /** Mean entropy of a token's choice, in nats. */
  readonly entropy: number;
  /** Mean tokens of an answer. */
  readonly length: number;
  /** Share of answers that were ended by the end token. */
  readonly finished: number;
  /** Share of the returns' variance that the value function foretold; 1 at best. */
  readonly explained: number;
  /** Means over the steps. */
  readonly loss: number;
  readonly gradNorm: number;
  readonly learningRate: number;
  /** How far the steps moved the policy, nats an answer, and the share of tokens beyond the clip: see `stepDivergence`. */
  readonly stepKl: number;
  readonly clipped: number;
  /** Where the time went: writing; rewards, log-probabilities and values; steps. */
  readonly seconds: { readonly generate: number; readonly score: number; readonly learn: number };
  readonly answers: readonly Drawn[];
  readonly scores: readonly number[];
}
