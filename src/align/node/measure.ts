/** What the models of a finished run come to, on requests that nobody learned from. */
import { join } from "node:path";
import { z } from "zod";
import { readSafetensors } from "../../checkpoints";
import { fork, jit, makeRng, tf } from "../../engine";
import type { Rng } from "../../engine";
import { intsTensor, taleRequests } from "../../data";
import { trainedDecoder } from "../../generate";
import type { Decoder } from "../../models";
import { parseJson, take } from "../../train";
import { loadTrained } from "../../train/node";
import { countParams, disposeTree } from "../../tree";
import { comparedScores, pairAccuracy, rewardJudge } from "../judge";
import type { RlhfRecipe, RlhfStage } from "../recipe";
import { writtenBatch } from "../rows";
import { sftLoss } from "../sft";
import { drawTales, labelTales, TALE_LENGTH, taleLabellers, taleWorld } from "../tales";
import type { TaleLabeller, TaleWorld } from "../tales";
import { loadReward } from "./reward";

/** Requests that judge a policy; 300 bring the mean of the gold reward to within 0.1. */
const JUDGED = 300;

/** The part of a checkpoint's header that is read here. */
const header = z.object({
  step: z.int().nonnegative(),
  about: z.object({ progress: z.object({ seconds: z.number().nonnegative() }) }),
});

type Measured = Readonly<Record<string, number>>;

/** @throws Error where a stage is missing */
export async function measureRlhf(
  recipe: RlhfRecipe,
  folder: string,
): Promise<{ parameters: number; stages: Readonly<Record<RlhfStage, Measured>> }> {
  const world = taleWorld();
  const rng = fork(makeRng(recipe.seed), "measure");
  const [base, sft, policy] = [
    await loadTrained(join(folder, "base")),
    await loadTrained(join(folder, "sft")),
    await loadTrained(join(folder, "ppo")),
  ];
  const reward = await loadReward(join(folder, "reward"));
  const writers = [base, sft, policy].map((model) => trainedDecoder(model) as Decoder) as [Decoder, Decoder, Decoder]; // prettier-ignore
  try {
    return {
      parameters: countParams(base.params),
      stages: {
        base: await judged(world, writers[0], rng),
        sft: await judged(world, writers[1], rng),
        reward: await judgedReward(world, writers[1], reward, rng),
        ppo: await judged(world, writers[2], rng),
      },
    };
  } finally {
    disposeTree([base.params, sft.params, policy.params, reward]);
  }
}

/** Steps that a stage has done, and their seconds, of all processes together: what its checkpoint says. */
export async function stageProgress(
  folder: string,
  stage: RlhfStage,
): Promise<{ readonly steps: number; readonly seconds: number }> {
  const path = join(folder, stage, "training.safetensors");
  const file = await readSafetensors(path);
  try {
    const { step, about } = parseJson(header, file.metadata["training"] ?? "", path);
    return { steps: step, seconds: about.progress.seconds };
  } finally {
    await file.close();
  }
}

/** The gold reward of a policy and its parts, and what it still knows of the notes that the base model has read. */
async function judged(world: TaleWorld, writer: Decoder, rng: Rng): Promise<Measured> {
  const requests = taleRequests(JUDGED, "test", fork(rng, "requests"));
  const drawn = await drawTales(world, writer, requests, 1, fork(rng, "answers"));
  const mean = (of: keyof (typeof drawn)[number]["judged"][number]): number =>
    drawn.reduce((sum, { judged: [own] }) => sum + own![of], 0) / drawn.length;
  return {
    gold: mean("reward"),
    helpful: mean("helpful"),
    honest: mean("honest"),
    harmless: mean("harmless"),
    pleasant: mean("pleasant"),
    writing: mean("writing"),
    words: mean("words"),
    notes: await textLoss(writer, world.notes(JUDGED, fork(rng, "notes"))),
  };
}

/** Mean loss of texts, nats a token. */
export async function textLoss(writer: Decoder, texts: Parameters<typeof writtenBatch>[0]): Promise<number> {
  const { inputs, labels } = writtenBatch(texts, TALE_LENGTH - 1, "all");
  const program = jit(sftLoss(writer), { name: "text loss" });
  const batch = () => ({ inputs: intsTensor(inputs), labels: intsTensor(labels) });
  const value = await take(tf.tidy(() => program(writer.params, batch())));
  program.dispose();
  return value;
}

/** How often the reward model agrees with the gold reward about pairs of the SFT model's answers. */
async function judgedReward(
  world: TaleWorld,
  sft: Decoder,
  reward: Awaited<ReturnType<typeof loadReward>>,
  rng: Rng,
): Promise<Measured> {
  const requests = taleRequests(JUDGED / 3, "test", fork(rng, "rankings"));
  const drawn = await drawTales(world, sft, requests, 6, fork(rng, "ranked answers"));
  const [exact] = taleLabellers as readonly [TaleLabeller];
  const compared = labelTales(world, drawn, exact, 0, rng);
  const judge = rewardJudge(sft as Decoder<typeof reward.trunk>, { length: TALE_LENGTH, batch: 64 });
  const scores = await comparedScores(judge, reward, compared);
  judge.dispose();
  const { right, pairs } = pairAccuracy(compared, scores);
  return { accuracy: right / pairs, pairs };
}
