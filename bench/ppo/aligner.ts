import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { intsTensor } from "../../src/data";
import { jit, tf, useEngine } from "../../src/engine";
import {
  placeScores,
  ppo,
  type PpoRecord,
  rewardJudge,
  type RewardParams,
  tokenLogProbs,
  type Written,
  writtenRows,
} from "../../src/align";
import { saveModel } from "../../src/checkpoints";
import { trainedDecoder } from "../../src/generate";
import type { Decoder, GptConfig, LlamaConfig } from "../../src/models";
import { type CausalParams, startTraining } from "../../src/train";
import { disposeTree, mapTensors } from "../../src/tree";
import { Worker } from "../train/worker";
import { pythonWithTrl } from "./packages";
import { config, type Models, prompts, setting } from "./setting";

/** Seconds of one iteration, and of its parts. */
export interface Seconds {
  readonly whole: number;
  readonly generate: number;
  readonly score: number;
  readonly learn: number;
}

/** What somebody's models make of given answers. */
export interface Judged {
  /** By answer and token: the policy's log-probabilities, and the value function's numbers. */
  readonly logProbs: readonly (readonly number[])[];
  readonly values: readonly (readonly number[])[];
  /** By answer: the reward model's. */
  readonly scores: readonly number[];
}

/** What one iteration said of itself. */
export interface Told {
  readonly reward: number;
  readonly kl: number;
  /** Mean over the steps of the policy's loss and, as much as it counts, the value function's. */
  readonly loss: number;
}

/** Somebody who does PPO with the models of the setting. */
export interface Aligner {
  readonly name: string;
  judge(texts: readonly Written[]): Promise<Judged>;
  iterate(): Promise<Seconds>;
  close(): void;
}

const copy = <P>(tree: P): P => mapTensors(tree, (tensor) => tensor.clone()) as P;

/** The lab's `ppo`. `learn` writes a batch of answers itself, and says which. */
export async function ours({ policy, reward, value }: Models) {
  const version = (await useEngine({ engine: "tensorflow" })).versions["tensorflow"];
  const batch = prompts();
  const promptLength = (batch[0] as number[]).length;
  const length = promptLength + setting.length;
  const decoder = trainedDecoder({ config, params: policy }) as Decoder<CausalParams>;
  const judge = rewardJudge(decoder, { length, batch: setting.answers });
  const state = startTraining(copy({ policy, value }), 1);
  const run = (minibatches: number): AsyncGenerator<PpoRecord> =>
    ppo<CausalParams>({
      ...setting,
      model: decoder,
      state,
      prompts: () => batch,
      promptLength,
      maxNewTokens: setting.length,
      score: (answers) => judge.judge(reward, answers),
      iterations: Number.MAX_SAFE_INTEGER,
      minibatches,
      schedule: setting.learningRate,
      optimizer: setting.adam,
      coefficients: setting,
      maxKl: Infinity, // random weights are trained on and on: only the time counts
    });
  const iterations = run(setting.minibatches);
  const next = async (records: AsyncGenerator<PpoRecord>): Promise<PpoRecord> => (await records.next()).value as PpoRecord; // prettier-ignore
  const look = jit((params: { policy: CausalParams; value: RewardParams<CausalParams> }, ids: tf.Tensor) => ({
    logProbs: tokenLogProbs(decoder, params.policy, ids, ids), // [B, T - 1]
    values: placeScores(decoder, params.value, ids), // [B, T]
  }));
  const answersOf = async (places: tf.Tensor): Promise<number[][]> => {
    const rows = (await places.slice([0, promptLength - 1], [-1, setting.length]).array()) as number[][];
    places.dispose();
    return rows;
  };
  return {
    name: `transformer-lab (TensorFlow ${version})`,
    async judge(texts: readonly Written[]): Promise<Judged> {
      const ids = intsTensor(writtenRows(texts, length).ids);
      const { logProbs, values } = look(state.params, ids);
      ids.dispose();
      return {
        logProbs: await answersOf(logProbs),
        values: await answersOf(values),
        scores: await judge.judge(reward, texts),
      };
    },
    /** One iteration, each epoch one minibatch. */
    async learn(): Promise<Told & { readonly answers: readonly Written[] }> {
      const once = run(1);
      const record = await next(once);
      await once.return(undefined);
      return record;
    },
    async iterate(): Promise<Seconds> {
      const began = performance.now();
      const { seconds } = await next(iterations);
      return { whole: (performance.now() - began) / 1000, ...seconds };
    },
    close() {
      void iterations.return(undefined);
      judge.dispose();
      look.dispose();
      disposeTree([state.params, state.optimizer]);
    },
  };
}

const rowsOf = (texts: readonly Written[]): number[][] => texts.map(({ prompt, answer }) => [...prompt, ...answer]); // prettier-ignore

/** TRL's PPOTrainer with the same weights, in a process of its own. `learn` learns from given answers. */
export async function trl({ policy, reward, value }: Models, folder: string) {
  const save = async (name: string, params: CausalParams): Promise<string> => {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    const { model, ...sizes } = config;
    if (model.family === "gpt")
      await saveModel(own, { family: "gpt2", config: { ...model, ...sizes } as GptConfig, params });
    else await saveModel(own, { family: "llama", config: { ...model, ...sizes } as LlamaConfig, params });
    return own;
  };
  const judging = async (name: string, { trunk, head }: RewardParams<CausalParams>) => ({
    trunk: await save(name, trunk),
    head: Array.from(await head.weight.data()),
    bias: head.bias ? (await head.bias.data())[0] : null,
  });
  const load = {
    op: "load",
    policy: await save("policy", policy),
    reward: await judging("reward", reward),
    value: await judging("value", value),
    prompts: prompts(),
    setting,
    threads: availableParallelism(),
  };
  const worker = new Worker("TRL", pythonWithTrl(), [join(__dirname, "pytorch.py")]);
  try {
    const { version } = await worker.ask<{ version: string }>(load);
    return {
      name: `TRL ${version}`,
      judge: (texts: readonly Written[]) => worker.ask<Judged>({ op: "judge", rows: rowsOf(texts) }),
      async learn(texts: readonly Written[]): Promise<Told> {
        const { stats } = await worker.ask<{ stats: Readonly<Record<string, number>> }>({ op: "learn", rows: rowsOf(texts) }); // prettier-ignore
        const told = (name: string): number => stats[name] as number;
        return {
          reward: told("objective/scores"),
          kl: told("objective/kl"),
          loss: told("loss/policy_avg") + setting.valueCoefficient * told("loss/value_avg"),
        };
      },
      async iterate(): Promise<Seconds> {
        const { seconds, ...parts } = await worker.ask<Omit<Seconds, "whole"> & { seconds: number }>({ op: "iterate", iterations: 1 }); // prettier-ignore
        return { whole: seconds, ...parts };
      },
      close: () => worker.close(),
    };
  } catch (error) {
    worker.close();
    throw error;
  }
}
