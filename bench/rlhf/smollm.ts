/**
 * The same code on SmolLM2-135M-Instruct: a reward head from real comparisons, and PPO of its last two blocks by that reward.
 *
 *   npx tsx bench/rlhf/run.ts smollm
 */
import { fork, integer, makeRng, tf } from "../../src/engine";
import { groupByPrompt } from "../../src/data";
import { loadPreferences } from "../../src/data/node";
import { loadModel, readSafetensors } from "../../src/checkpoints";
import type { LoadedLlama } from "../../src/checkpoints";
import { comparedByMajority, headScores, pairAccuracy, ppo, preferenceIds, rewardJudge, rollout, trainRewardHead, upperBlocks } from "../../src/align"; // prettier-ignore
import type { ComparedStates, RewardParams } from "../../src/align";
import type { LlamaStack } from "../../src/models";
import { startTraining, disposeTraining } from "../../src/train";
import { disposeTree, mapTensors } from "../../src/tree";
import { rounded, type Results } from "./results";
import { mean } from "./setting";

const PROMPT = 64;
const ANSWER = 32;
const BATCH = 8;
const ITERATIONS = 24;

export async function smollm(results: Results): Promise<void> {
  const what = { model: "smollm2-135m-instruct", free: 2, beta: 0.05 };
  if (results.has(what)) return;
  const groups = groupByPrompt(loadPreferences());
  const compared = statesByPrompt(groups, await preferenceStates());
  // Every fifth prompt is held out, of the reward head and of PPO
  const train = compared.filter((_, i) => i % 5 !== 0);
  const head = await trainRewardHead(train, { seed: 1 });
  const judged = compared.filter(({ comparisons }, i) => i % 5 === 0 && comparisons.length > 0);
  const scores: number[][] = [];
  for (const { states } of judged) scores.push(await headScores(head, states));
  const { right, pairs } = pairAccuracy(judged, scores);

  const model = (await loadModel("smollm2-135m-instruct")) as LoadedLlama;
  const upper = upperBlocks(model.params, model.config, 2);
  const reward: RewardParams<LlamaStack> = { trunk: upper.params, head };
  const judge = rewardJudge(upper.model, { length: PROMPT + ANSWER, batch: BATCH, read: upper.read });
  const asked = groups.map((group) => preferenceIds(model, group)[0]!.prompt).filter((ids) => ids.length <= PROMPT); // prettier-ignore
  const [own, held] = [asked.filter((_, i) => i % 5 !== 0), asked.filter((_, i) => i % 5 === 0)];
  const end = model.special.end[0]!;

  /** Mean reward and length on held-out prompts, and the first answers as text. */
  const judgedPolicy = async (params: LlamaStack) => {
    const drawn = [];
    for (let first = 0; first + BATCH <= Math.min(held.length, 3 * BATCH); first += BATCH)
      drawn.push(...(await rollout(upper.writer(params), held.slice(first, first + BATCH), { maxNewTokens: ANSWER, end, rng: makeRng(3) }))); // prettier-ignore
    const rewards = await judge.judge(reward, drawn);
    return {
      reward: rounded(mean(rewards)),
      rewards: rewards.map(rounded),
      words: rounded(mean(drawn.map(({ answer }) => model.tokenizer!.decode(answer).split(/\s+/).length))),
      finished: rounded(mean(drawn.map(({ finished }) => (finished ? 1 : 0)))),
      texts: drawn.slice(0, 6).map(({ prompt, answer }) => [model.tokenizer!.decode(prompt).slice(-160), model.tokenizer!.decode(answer)]), // prettier-ignore
    };
  };
  const before = await judgedPolicy(upper.params);
  console.log(before);
  const state = startTraining(mapTensors({ policy: upper.params, value: reward }, (tensor) => tensor.clone()) as { policy: LlamaStack; value: RewardParams<LlamaStack> }, 1); // prettier-ignore
  const curve: Record<string, number>[] = [];
  const seconds: number[][] = [];
  const run = ppo({
    model: upper.model,
    state,
    upper: { read: upper.read, writer: upper.writer },
    prompts: (iteration, rng) =>
      Array.from({ length: BATCH }, (_, i) => own[integer(fork(rng, i), own.length)]!),
    promptLength: PROMPT,
    maxNewTokens: ANSWER,
    end,
    score: (answers) => judge.judge(reward, answers),
    iterations: ITERATIONS,
    beta: what.beta,
    epochs: 2,
    minibatches: 2,
    schedule: 2e-4,
    gradientClip: 1,
  });
  for await (const { answers: _, scores: own, seconds: parts, ...told } of run) {
    curve.push(Object.fromEntries(Object.entries(told).map(([name, value]) => [name, rounded(value)])));
    seconds.push([parts.generate, parts.score, parts.learn].map(rounded));
    console.log(
      told.iteration,
      told.reward.toFixed(3),
      told.kl.toFixed(2),
      told.length,
      seconds.at(-1),
      own.length,
    );
  }
  const after = await judgedPolicy(state.params.policy);
  results.add({
    what,
    accuracy: rounded(right / pairs),
    pairs,
    trained: train.length,
    before,
    after,
    curve,
    seconds,
  });
  disposeTraining(state);
  disposeTree([upper.params, head]);
  upper.dispose();
  judge.dispose();
  model.dispose();
}

/** [722][576], in the order of the answers of `groupByPrompt`. */
async function preferenceStates(): Promise<number[][]> {
  const file = await readSafetensors("datasets/preference-states/states.safetensors");
  const states = await file.tensor("states");
  await file.close();
  const rows = (await states.array()) as number[][];
  tf.dispose(states);
  return rows;
}

function statesByPrompt(
  groups: ReturnType<typeof groupByPrompt>,
  rows: readonly number[][],
): ComparedStates[] {
  let at = 0;
  return groups.map((group) => {
    const states = rows.slice(at, (at += group.answers.length));
    return { states, comparisons: comparedByMajority([group])[0]?.comparisons ?? [] };
  });
}
