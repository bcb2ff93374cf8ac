import { fork, makeRng, tf } from "../../engine";
import type { Rng } from "../../engine";
import { intsTensor, stackRows } from "../../data";
import type { BatchSize, LmBatch } from "../../data";
import { initPositional, positional } from "../../models";
import type { PositionalConfig, PositionalParams } from "../../models";
import { crossEntropy } from "../../ops";
import { startTraining, train } from "../../train";
import type { TrainConfig, Training, TrainRecord } from "../../train";
import { mapTensors } from "../../tree";
import { accuracyInterval } from "../statistics";
import type { Interval } from "../statistics";
import { ictBatch } from "./ict";
import { labelEpisode, labelTask, metaIclBatch, MOST_SHOTS } from "./metaicl";
import type { Episode } from "./metaicl";
import { PERIOD, plainBatch, toyVocabSize } from "./toyLanguage";
import type { TaskPart } from "./toyLanguage";

/**
 * What a model learns from before it is asked to learn in context: plain text, examples cut out of plain text (ICT), or
 * labelled tasks (MetaICL). The tasks that judge have topics and labels that no warm-up's task has.
 */
export type WarmUp = "plain" | "ict" | "metaicl";
export const warmUps: readonly WarmUp[] = ["plain", "ict", "metaicl"];

const batches: Readonly<Record<WarmUp, (rng: Rng, size: BatchSize) => LmBatch>> = {
  plain: plainBatch,
  ict: ictBatch,
  metaicl: metaIclBatch,
};

/** The decoder that chapter 03 compares positions with, with RoPE. */
export const toyModel: PositionalConfig = {
  scheme: "rope",
  vocabSize: toyVocabSize,
  dModel: 64,
  nLayer: 2,
  nHead: 4,
  places: 3 * MOST_SHOTS + 3,
};

export interface WarmUpOptions {
  readonly kind: WarmUp;
  readonly steps: number;
  /** Where it starts, which is not changed; new weights without it. */
  readonly from?: PositionalParams;
  /** 1 without it. */
  readonly seed?: number;
  /** Rows of a batch; 64 without it. */
  readonly batch?: number;
  readonly stop?: TrainConfig<PositionalParams, LmBatch>["stop"];
}

/** Trains the toy's model. The caller disposes `state` (`disposeTraining`). */
export function warmUpRun({ kind, steps, from, seed = 1, batch = 64, stop }: WarmUpOptions): {
  readonly state: Training<PositionalParams>;
  readonly records: AsyncGenerator<TrainRecord>;
} {
  const first = from ? copyOf(from) : initPositional(toyModel, makeRng(seed));
  const state = startTraining(first, seed);
  const records = train<PositionalParams, LmBatch>({
    state,
    steps,
    schedule: {
      kind: "cosine",
      peak: from ? 1e-3 : 3e-3,
      warmup: Math.min(50, steps - 1),
      steps,
      final: 1e-5,
    },
    clip: 1,
    loss: (params, { inputs, labels }, ctx) =>
      crossEntropy(positional(params, toyModel, inputs, ctx), labels),
    batch: (_, rng) => batches[kind](fork(rng, kind), { batch, length: toyModel.places }),
    optimizer: { beta2: 0.99, weightDecay: 0.1, decay: "matrices" },
    stop,
  });
  return { state, records };
}

/** Which of a task's labels the model finds likelier after each prompt. All prompts have one length. */
export async function episodeAnswers(
  params: PositionalParams,
  episodes: readonly Episode[],
): Promise<number[]> {
  const places = episodes[0]?.prompt.length ?? 0;
  const scores = tf.tidy(() => {
    const ids = stackRows(
      episodes.map(({ prompt }) => prompt),
      { length: places, pad: PERIOD },
    );
    const logits = positional(params, toyModel, intsTensor(ids)); // [B, T, V]
    return logits.slice([0, places - 1, 0], [-1, 1, -1]).reshape([episodes.length, toyModel.vocabSize]); // [B, V]
  });
  const rows = (await scores.array()) as number[][];
  scores.dispose();
  return episodes.map(({ options }, b) =>
    options.reduce((best, label) => (rows[b]![label]! > rows[b]![best]! ? label : best)),
  );
}

/**
 * Accuracy on new tasks by number of examples; by chance it is one half.
 * @returns for each number of shots the share of right answers with a 95 % interval
 */
export async function accuracyByShots(
  params: PositionalParams,
  rng: Rng,
  {
    part,
    shots,
    count,
  }: { readonly part: TaskPart; readonly shots: readonly number[]; readonly count: number },
): Promise<Interval[]> {
  const found: Interval[] = [];
  for (const k of shots) {
    const own = fork(rng, k);
    const episodes = Array.from({ length: count }, () => labelEpisode(own, labelTask(own, part), k));
    const said = await episodeAnswers(params, episodes);
    const right = episodes.filter(({ answer }, i) => said[i] === answer).length;
    found.push(accuracyInterval(right, count));
  }
  return found;
}

const copyOf = (params: PositionalParams): PositionalParams =>
  mapTensors(params, (leaf) => leaf.clone()) as PositionalParams;
