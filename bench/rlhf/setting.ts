/** One iteration of PPO as chapter 11 runs it: the sizes of its models, its batch and its steps; weights are random. */
import { fork, integer, makeRng } from "../../src/engine";
import { initReward, type RewardParams, type Written } from "../../src/align";
import { talePrompt, taleRequests, taleVocabulary } from "../../src/data";
import { initLlama, type LlamaConfig, type LlamaParams } from "../../src/models";
import { wordTokenizer } from "../../src/text";
import { disposeTree } from "../../src/tree";

const vocabulary = taleVocabulary();

export const model: LlamaConfig = {
  vocabSize: vocabulary.tokens.length,
  context: 64,
  dModel: 96,
  nLayer: 2,
  nHead: 4,
  dFfn: 256,
  tied: true,
};

export const setting = {
  answers: 64,
  /** Tokens of an answer. Nothing ends one before, so that everybody writes as much. */
  length: 40,
  epochs: 2,
  minibatches: 2,
  learningRate: 1e-3,
  adam: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 },
  /** Price of a nat of KL. */
  beta: 0.05,
  clip: 0.2,
  valueClip: 0.2,
  valueCoefficient: 0.1,
  gamma: 1,
  lambda: 0.95,
} as const;

export interface Models {
  readonly policy: LlamaParams;
  readonly reward: RewardParams<LlamaParams>;
  readonly value: RewardParams<LlamaParams>;
}

/** The policy is also the reference; reward and value function begin apart from it and from each other. */
export function initModels(): Models {
  const rng = makeRng(1);
  const judging = (name: string): RewardParams<LlamaParams> => {
    const trunk = initLlama(model, fork(rng, name));
    const made = initReward(trunk, model.dModel, fork(rng, name));
    disposeTree(trunk);
    return made;
  };
  return {
    policy: initLlama(model, fork(rng, "policy")),
    reward: judging("reward"),
    value: judging("value"),
  };
}

/** One batch, which comes in every iteration. */
export function prompts(): number[][] {
  const tokenizer = wordTokenizer(vocabulary);
  return taleRequests(setting.answers, "train", makeRng(1)).map((request) =>
    tokenizer.encode(talePrompt(request)),
  );
}

/** An answer to each prompt, of words drawn at random. */
export function anyAnswers(): Written[] {
  const rng = makeRng(2);
  const word = (): number => integer(rng, model.vocabSize);
  return prompts().map((prompt) => ({ prompt, answer: Array.from({ length: setting.length }, word) }));
}
