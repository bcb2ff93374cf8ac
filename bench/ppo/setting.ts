/** One iteration of PPO as `lab train rlhf` runs it: its models, batch and steps; but with random weights. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fork, integer, makeRng } from "../../src/engine";
import { initReward, parseRlhf, type RewardParams, TALE_ANSWER, TALE_LENGTH, taleWorld, type Written } from "../../src/align"; // prettier-ignore
import { taleRequests } from "../../src/data";
import { causalModel, type CausalParams, type SavedConfig } from "../../src/train";
import { disposeTree } from "../../src/tree";

const file = join(__dirname, "..", "..", "recipes", "rlhf.json");
const { model, ppo } = parseRlhf(readFileSync(file, "utf8"), file);
const world = taleWorld();

export const config: SavedConfig = { model, vocabSize: world.tokenizer.vocabSize, context: TALE_LENGTH };

export const setting = {
  answers: ppo.batch,
  /** Tokens of an answer. Nothing ends one before, so that everybody writes as much. */
  length: TALE_ANSWER,
  epochs: ppo.epochs,
  minibatches: ppo.minibatches,
  learningRate: ppo.schedule.peak,
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  /** Price of a nat of KL. */
  beta: ppo.beta,
  clip: 0.2,
  valueClip: 0.2,
  valueCoefficient: 0.1,
  gamma: 1,
  lambda: 0.95,
} as const;

export interface Models {
  readonly policy: CausalParams;
  readonly reward: RewardParams<CausalParams>;
  readonly value: RewardParams<CausalParams>;
}

/** The policy is also the reference; reward and value function begin apart from it and from each other. */
export function initModels(): Models {
  const rng = makeRng(1);
  const init = (name: string): CausalParams => causalModel(model, config).init(fork(rng, name));
  const judging = (name: string): RewardParams<CausalParams> => {
    const trunk = init(name);
    const made = initReward(trunk, model.dModel, fork(rng, name));
    disposeTree(trunk);
    return made;
  };
  return { policy: init("policy"), reward: judging("reward"), value: judging("value") };
}

/** One batch, which comes in every iteration. */
export const prompts = (): number[][] => taleRequests(setting.answers, "train", makeRng(1)).map(world.prompt);

/** An answer to each prompt, of words drawn at random. */
export function anyAnswers(): Written[] {
  const rng = makeRng(2);
  const word = (): number => integer(rng, config.vocabSize);
  return prompts().map((prompt) => ({ prompt, answer: Array.from({ length: setting.length }, word) }));
}
