import { fork, jit, tf } from "../engine";
import type { Precision, Rng } from "../engine";
import { intsTensor } from "../data";
import type { Ints } from "../data";
import type { Context } from "../nn";
import { disposeTree } from "../tree";
import { accumulatedGradients } from "./accumulate";
import { adamW } from "./adamw";
import type { AdamWConfig, AdamWState } from "./adamw";
import { clipByGlobalNorm } from "./clip";
import { checkFinite, checkTrain } from "./loop-check";
import { learningRateAt } from "./schedules";
import type { Schedule } from "./schedules";
import type { Training } from "./state";

/** The fields of a batch on their way to the loss: whole numbers as plain data, or tensors, which the loop disposes. */
export type Fields<B> = { readonly [K in keyof B]: Ints | tf.Tensor };
/** The same fields as the loss gets them. */
export type Tensors<B> = { readonly [K in keyof B]: tf.Tensor };

export interface TrainConfig<P, B extends Fields<B>> {
  /** From `startTraining` or `loadTraining`; changed in place. */
  readonly state: Training<P>;
  /**
   * Mean loss of a batch. In a step `ctx.rng` is given, so that dropout drops; in an evaluation it is not. It is
   * compiled where the engine can, so it makes tensors from tensors and reads none.
   */
  readonly loss: (params: P, batch: Tensors<B>, ctx: Context) => tf.Scalar;
  /** The batch of a step, from 0 on. It depends on `step` and `rng` only, where a run is to be resumed exactly. */
  readonly batch: (step: number, rng: Rng) => B;
  /** Updates in all: a state that has done 300 of 1000 does 700 more. */
  readonly steps: number;
  /** A number is a constant rate. */
  readonly schedule: Schedule | number;
  readonly optimizer?: Omit<AdamWConfig, "learningRate">;
  /** Longest gradient, see `clipByGlobalNorm`; none without it. */
  readonly clip?: number;
  /** Parts of a batch that are computed one after the other, see `accumulatedGradients`; 1 without it. */
  readonly accumulate?: number;
  /** How much a part or an evaluation's batch counts, e.g. its labels; all the same without it. */
  readonly weight?: (batch: Tensors<B>) => tf.Tensor;
  /** What products take in the compiled step: "f32", or "bf16" for speed on processors that have it. */
  readonly precision?: Precision;
  /** Compiled for an earlier run, see `trainPrograms`. Without it they are compiled for this run alone. */
  readonly programs?: TrainPrograms<P, B>;
  /** The mean loss over these batches, after every `every` steps and after the last. */
  readonly evaluate?: { readonly every: number; readonly batches: readonly B[] };
  /** Called after every `every` steps, after the last, and when the run is stopped; `saveTraining` writes a file. */
  readonly checkpoint?: {
    readonly every: number;
    readonly save: (state: Training<P>, last: TrainRecord | undefined) => Promise<void> | void;
  };
  /** Asked after each step: true, or an aborted signal, ends the run. In a notebook, `stopFlag()` is the stop button. */
  readonly stop?: AbortSignal | (() => boolean);
}

/** What one step did. */
export interface TrainRecord {
  /** Updates done so far: 1 after the first. */
  readonly step: number;
  /** Of this step's batch, before its update. In nats for language models. */
  readonly loss: number;
  readonly learningRate: number;
  /** Length of the gradient before it was clipped. */
  readonly gradNorm: number;
  /** Time of this step: making the batch, compiling at the first, computing. Evaluation is not in it. */
  readonly seconds: number;
  /** Numbers in the batch's first field (a text's ids) over `seconds`. */
  readonly tokensPerSecond: number;
  /** Mean loss over the evaluation's batches with the parameters after this step; absent where it was not its turn. */
  readonly validation?: number;
}

/** The compiled step and the compiled evaluation. */
export interface TrainPrograms<P, B extends Fields<B>> {
  readonly run: (
    params: P,
    state: AdamWState,
    batch: Tensors<B>,
    learningRate: tf.Scalar,
    rng: Rng,
  ) => Stepped<P>;
  readonly score: (params: P, batch: Tensors<B>) => tf.Scalar;
  dispose(): void;
}

/** What a step computes: all of it must be the same for runs that share programs. */
type StepConfig<P, B extends Fields<B>> = Pick<
  TrainConfig<P, B>,
  "loss" | "optimizer" | "clip" | "accumulate" | "weight" | "precision"
>;

/**
 * Programs that several short runs of one loss share, where to trace and compile anew would take longer than to train:
 *
 * ```ts
 * const programs = trainPrograms(step); // { loss, optimizer, clip }
 * for (const state of states) for await (const record of train({ ...step, programs, state, ... }));
 * programs.dispose();
 * ```
 */
export function trainPrograms<P, B extends Fields<B>>(config: StepConfig<P, B>): TrainPrograms<P, B> {
  const { precision = "f32" } = config;
  const run = jit(stepOf(config), { name: "training step", precision });
  const score = jit((params: P, batch: Tensors<B>) => config.loss(params, batch, {}), { name: "evaluation", precision }); // prettier-ignore
  return {
    run,
    score,
    dispose() {
      run.dispose();
      score.dispose();
    },
  };
}

interface Stepped<P> {
  readonly params: P;
  readonly optimizer: AdamWState;
  readonly loss: tf.Scalar;
  readonly gradNorm: tf.Scalar;
}

/**
 * Trains, and tells of each step. Each step is one program: loss, gradients, clipping, AdamW. The loop gives way to
 * the rest of the process after each step, so a cell can draw while it trains, and be stopped:
 *
 * ```ts
 * const state = startTraining(initGpt(config, makeRng(1)));
 * for await (const { step, loss } of train({ state, loss: ..., batch: ..., steps: 500, schedule: 1e-3 }))
 *   if (step % 50 === 0) console.log(step, loss);
 * state.params; // trained; call train again with the same state and more steps to go on
 * ```
 *
 * Breaking out of the loop leaves the state after the last record's step.
 *
 * @throws RangeError that names a wrong field; TrainingError where loss or gradient is no longer a finite number:
 *   the state then stays as it was before that step, and no checkpoint is written
 */
export async function* train<P, B extends Fields<B>>(config: TrainConfig<P, B>): AsyncGenerator<TrainRecord> {
  checkTrain(config);
  const { state, steps, schedule, evaluate, checkpoint } = config;
  const programs = config.programs ?? trainPrograms(config);
  const { run, score } = programs;
  const rngOf = (use: string, step: number): Rng => fork(fork(state.rng, use), step);
  let last: TrainRecord | undefined;
  let saved = state.step;
  const save = async (): Promise<void> => {
    if (!checkpoint || saved === state.step) return;
    await checkpoint.save(state, last);
    saved = state.step;
  };
  try {
    while (state.step < steps && !isStopped(config.stop)) {
      const { step } = state;
      const learningRate = typeof schedule === "number" ? schedule : learningRateAt(schedule, step);
      const started = performance.now();
      const batch = tensorsOf(config.batch(step, rngOf("batch", step)));
      const tokens = Object.values<tf.Tensor>(batch)[0]?.size ?? 0;
      const rate = tf.scalar(learningRate);
      const next = run(state.params, state.optimizer, batch, rate, rngOf("dropout", step));
      tf.dispose([batch, rate]);
      const loss = await take(next.loss);
      const gradNorm = await take(next.gradNorm);
      const seconds = (performance.now() - started) / 1000;
      checkFinite(step, loss, gradNorm, learningRate, () => disposeTree([next.params, next.optimizer]));
      disposeTree([state.params, state.optimizer]);
      Object.assign(state, { params: next.params, optimizer: next.optimizer, step: step + 1 });
      const due = (every?: number): boolean =>
        every !== undefined && (state.step % every === 0 || state.step === steps);
      const validation =
        evaluate && due(evaluate.every) ? await meanLoss(score, config, evaluate.batches) : undefined;
      last = {
        step: step + 1,
        loss,
        learningRate,
        gradNorm,
        seconds,
        tokensPerSecond: tokens / seconds,
        ...(validation === undefined ? {} : { validation }),
      };
      if (due(checkpoint?.every)) await save();
      yield last;
      await nextTurn();
    }
    await save();
  } finally {
    if (!config.programs) programs.dispose();
  }
}

/** One step as a function of tensors. */
function stepOf<P, B extends Fields<B>>(config: StepConfig<P, B>) {
  const { loss, accumulate = 1, weight, clip, optimizer } = config;
  return (params: P, state: AdamWState, batch: Tensors<B>, learningRate: tf.Scalar, rng: Rng): Stepped<P> => {
    const step = (): Stepped<P> => {
      const part = (p: P, rows: Tensors<B>, i: number) => loss(p, rows, { rng: fork(rng, i) });
      const { value, gradients } = accumulatedGradients(part, params, batch, {
        parts: accumulate,
        ...(weight ? { weight } : {}),
      });
      const clipped = clipByGlobalNorm(gradients, clip);
      const next = adamW(params, clipped.gradients as P, state, { ...optimizer, learningRate });
      return { params: next.params, optimizer: next.state, loss: value, gradNorm: clipped.norm };
    };
    // tfjs' type of what a tidy returns has no place for P.
    return tf.tidy(step as () => never);
  };
}

/** Mean loss over batches, each weighted as the config says. Nothing drops. */
async function meanLoss<P, B extends Fields<B>>(
  score: (params: P, batch: Tensors<B>) => tf.Scalar,
  { state, weight }: TrainConfig<P, B>,
  batches: readonly B[],
): Promise<number> {
  let sum = 0;
  let total = 0;
  for (const each of batches) {
    const batch = tensorsOf(each, true);
    const loss = await take(tf.tidy(() => score(state.params, batch)));
    const by = weight ? await take(tf.tidy(() => weight(batch))) : 1;
    tf.dispose(batch);
    sum += by * loss;
    total += by;
    await nextTurn();
  }
  if (total === 0) throw new RangeError("train: no label counts in evaluate.batches. Cure: check the weight");
  return sum / total;
}

/** Fields as tensors to dispose. `copy`: the given tensors are used again. */
function tensorsOf<B extends Fields<B>>(batch: B, copy = false): Tensors<B> {
  const entries = Object.entries<Ints | tf.Tensor>(batch).map(([field, value]) => [
    field,
    value instanceof tf.Tensor ? (copy ? value.clone() : value) : intsTensor(value),
  ]);
  return Object.fromEntries(entries) as Tensors<B>;
}

/** The number of a scalar, which is then freed. */
export async function take(scalar: tf.Tensor): Promise<number> {
  const [value] = await scalar.data();
  scalar.dispose();
  return value as number;
}

/** Whether a run is asked to end. */
export const isStopped = (stop?: AbortSignal | (() => boolean)): boolean =>
  typeof stop === "function" ? stop() : stop?.aborted === true;

/** A whole turn of the event loop, so that timers, messages and interrupts get through. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) =>
    typeof setImmediate === "function" ? setImmediate(resolve) : setTimeout(resolve, 0),
  );
}
