/** PPO from the shipped SFT and reward model: what beta and the pretraining mix do, over the iterations. */
import { fork, integer, makeRng } from "../../src/engine";
import type { Rng } from "../../src/engine";
import { taleRequests } from "../../src/data";
import type { TaleRequest } from "../../src/data";
import { drawTales, ppo, TALE_ANSWER, TALE_LENGTH, TALE_PROMPT, writtenBatch } from "../../src/align"; // prettier-ignore
import type { Drawn, RewardParams } from "../../src/align";
import { textLoss } from "../../src/align/node";
import { disposeTraining, startTraining } from "../../src/train";
import type { CausalParams, Schedule } from "../../src/train";
import { mapTensors } from "../../src/tree";
import { rounded } from "./results";
import { mean, type Setting } from "./setting";

const copied = <P>(params: P): P => mapTensors(params, (tensor) => tensor.clone()) as P;

export interface PolicyRun {
  readonly beta: number;
  readonly ptx: number;
  readonly iterations: number;
  readonly seed: number;
  readonly peak?: number;
  readonly batch?: number;
  /** Requests to choose from; any of the world without it. */
  readonly requests?: readonly TaleRequest[];
  /** Iterations from point to point; 5 without it. */
  readonly every?: number;
}

/** One point of a curve. */
export type Point = Readonly<Record<string, number>>;

/** Runs PPO and takes down points of its curve; at the end 240 held-out requests are judged. */
export async function policyRun(
  { world, sft, judge }: Setting,
  reward: RewardParams<CausalParams>,
  { beta, ptx, iterations, seed, peak = 1e-3, batch = 64, every = 5, requests: known }: PolicyRun,
) {
  const rng = fork(makeRng(seed), "policy run");
  const state = startTraining(copied({ policy: sft.params, value: reward }), seed);
  const texts = world.corpus(10_000, fork(rng, "pretraining"));
  const notes = world.notes(128, fork(rng, "notes"));
  const schedule: Schedule = { kind: "linear", peak, warmup: 5, steps: iterations, final: peak / 10 };
  let requests: readonly TaleRequest[] = [];
  const curve: Point[] = [];
  const samples: string[] = [];
  const asked = (from: Rng): readonly TaleRequest[] =>
    known
      ? Array.from({ length: batch }, () => known[integer(from, known.length)]!)
      : taleRequests(batch, "train", from);
  const own = (): typeof sft => ({ ...sft, params: state.params.policy });
  try {
    const records = ppo({
      model: sft,
      state,
      prompts: (_, from) => (requests = asked(from)).map(world.prompt),
      score: (answers: readonly Drawn[]) => judge.judge(reward, answers),
      promptLength: TALE_PROMPT,
      maxNewTokens: TALE_ANSWER,
      end: world.end,
      iterations,
      beta,
      epochs: 2,
      minibatches: 2,
      schedule,
      gradientClip: 1,
      maxKl: 1000,
      ...(ptx > 0
        ? { ptx: { coefficient: ptx, batch: (from) => writtenBatch(Array.from({ length: 32 }, () => texts[integer(from, texts.length)]!), TALE_LENGTH - 1, "all") } } // prettier-ignore
        : {}),
    });
    for await (const { iteration, answers, scores, seconds: _, ...told } of records) {
      if (iteration !== 1 && iteration % every !== 0) continue;
      const judged = answers.map((answer, i) => world.gold(requests[i] as TaleRequest, answer));
      const parts = ["helpful", "honest", "harmless", "pleasant", "writing"] as const;
      curve.push(
        Object.fromEntries(
          Object.entries({
            iteration,
            ...told,
            gold: mean(judged.map((each) => each.reward)),
            ...Object.fromEntries(parts.map((part) => [part, mean(judged.map((each) => each[part]))])),
            notes: await textLoss(own(), notes),
          }).map(([name, value]) => [name, rounded(value)]),
        ),
      );
      if (iteration === iterations) {
        const best = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!).slice(0, 3); // prettier-ignore
        samples.push(
          ...best.map((i) => world.tokenizer.decode([...answers[i]!.prompt, ...answers[i]!.answer])),
        );
      }
    }
    const test = taleRequests(240, "test", fork(makeRng(5), "requests"));
    const drawn = await drawTales(world, own(), test, 1, makeRng(6));
    return { curve, samples, test: drawn.map(({ judged }) => rounded(judged[0]!.reward)) };
  } finally {
    disposeTraining(state);
  }
}
