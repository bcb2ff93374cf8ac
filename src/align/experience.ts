/** What an iteration of PPO learns from: answers, with what policy, reference, value function and reward say of them. */
import { jit, tf } from "../engine";
import type { Jitted } from "../engine";
import { intsTensor } from "../data";
import { gae, shapedRewards, whitened } from "./advantages";
import { tokenLogProbs, tokenLogProbsAndEntropy } from "./policy";
import type { Policy } from "./policy";
import type { PpoConfig } from "./ppoConfig";
import { klError, scoreError } from "./ppoError";
import { nextPlaces } from "./ppoLoss";
import type { PpoBatch, PpoParams } from "./ppoLoss";
import { placeScores } from "./reward";
import type { Drawn } from "./rollout";
import { writtenRows } from "./rows";

/** All float32 [B, T - 1], by the next token. */
interface Looks {
  readonly logPolicy: tf.Tensor;
  readonly entropy: tf.Tensor;
  readonly logReference: tf.Tensor;
  readonly values: tf.Tensor;
}
export type LookProgram<P> = Jitted<
  [params: PpoParams<P>, reference: P, input: tf.Tensor, ids: tf.Tensor],
  Looks
>;

/** One program that says what policy, reference and value function make of texts. */
export const lookProgram = <P>(policy: Policy<P>): LookProgram<P> =>
  jit(
    (params: PpoParams<P>, reference: P, input: tf.Tensor, ids: tf.Tensor) => {
      const { logProbs, entropy } = tokenLogProbsAndEntropy(policy, params.policy, input, ids);
      return {
        logPolicy: logProbs,
        entropy,
        logReference: tokenLogProbs(policy, reference, input, ids),
        values: nextPlaces(placeScores(policy, params.value, input)),
      };
    },
    { name: "ppo look" },
  );

/** Log-probabilities float32 [B, T - 1] of a policy alone: a third of the work. */
export type LogProgram<P> = Jitted<[policy: P, input: tf.Tensor, ids: tf.Tensor], tf.Tensor>;

export const logProgram = <P>(policy: Policy<P>): LogProgram<P> =>
  jit((params: P, input: tf.Tensor, ids: tf.Tensor) => tokenLogProbs(policy, params, input, ids), {
    name: "ppo log-probabilities",
  });

export interface Experience {
  /** int32 [B, T], and what the policy reads; the loop frees them. */
  readonly ids: tf.Tensor;
  readonly input: tf.Tensor;
  readonly scores: readonly number[];
  /** Of each answer the log-probability of its tokens before this iteration. */
  readonly logOld: readonly (readonly number[])[];
  /** The numbers of a record. */
  readonly told: {
    readonly reward: number;
    readonly kl: number;
    readonly entropy: number;
    readonly length: number;
    readonly finished: number;
    readonly explained: number;
  };
  /** These rows as a batch to learn from, whose tensors the loop frees. */
  batch(rows: readonly number[]): PpoBatch;
}

/**
 * Scores answers and takes all down that the steps need.
 * @throws PpoError where a score is not finite, or the answers lie too far from the SFT model's
 */
export async function ppoExperience<P>(
  config: PpoConfig<P>,
  look: LookProgram<P>,
  answers: readonly Drawn[],
): Promise<Experience> {
  const { model, state, promptLength, maxNewTokens, beta, gamma, lambda, maxKl = 200, upper } = config;
  const iteration = state.step + 1;
  const scores = await config.score(answers);
  const bad = answers.findIndex((_, i) => !Number.isFinite(scores[i]));
  if (bad >= 0) throw scoreError(iteration, bad, scores[bad] ?? NaN);

  const length = promptLength + maxNewTokens;
  const rows = writtenRows(answers, length);
  const ids = intsTensor(rows.ids);
  const input = upper ? upper.read(ids) : ids.clone();
  const seen = looked(look, state.params, model.params, input, ids);
  const [logPolicy, entropy, logReference, values] = await Promise.all(
    [seen.logPolicy, seen.entropy, seen.logReference, seen.values].map((all) => byAnswer(all, answers)),
  ) as [number[][], number[][], number[][], number[][]]; // prettier-ignore

  const shaped = answers.map((_, i) => shapedRewards(scores[i]!, logPolicy[i]!, logReference[i]!, beta));
  const estimates = shaped.map((rewards, i) => gae(rewards, values[i]!, { gamma: gamma ?? 1, lambda: lambda ?? 0.95 })); // prettier-ignore
  const returns = estimates.map((each) => each.returns);
  const ratios = logPolicy.map((row, i) => sum(row) - sum(logReference[i]!));
  const told = {
    reward: mean(scores),
    kl: mean(ratios),
    entropy: mean(entropy.flat()),
    length: mean(answers.map(({ answer }) => answer.length)),
    finished: mean(answers.map(({ finished }) => (finished ? 1 : 0))),
    explained: explainedShare(returns.flat(), values.flat()),
  };
  if (!(told.kl <= maxKl)) {
    tf.dispose([ids, input]);
    throw klError(iteration, told.kl, maxKl, "the SFT model's");
  }

  const width = length - 1;
  const placed = (values: readonly (readonly number[])[]): Float32Array => {
    const flat = new Float32Array(answers.length * width);
    values.forEach((row, i) => flat.set(row, i * width + (answers[i] as Drawn).prompt.length - 1));
    return flat;
  };
  const fields = {
    mask: placed(logPolicy.map((row) => row.map(() => 1))),
    logOld: placed(logPolicy),
    advantages: placed(whitened(estimates.map((each) => each.advantages))),
    returns: placed(returns),
    values: placed(values),
  };
  const take = (flat: Float32Array, chosen: readonly number[]): tf.Tensor => {
    const own = new Float32Array(chosen.length * width);
    chosen.forEach((row, i) => own.set(flat.subarray(row * width, (row + 1) * width), i * width));
    return tf.tensor2d(own, [chosen.length, width]);
  };
  return {
    ids,
    input,
    scores,
    logOld: logPolicy,
    told,
    batch: (chosen) => {
      const at = tf.tensor1d([...chosen], "int32");
      const batch = {
        ids: tf.gather(ids, at),
        input: tf.gather(input, at),
        mask: take(fields.mask, chosen),
        logOld: take(fields.logOld, chosen),
        advantages: take(fields.advantages, chosen),
        returns: take(fields.returns, chosen),
        values: take(fields.values, chosen),
      };
      at.dispose();
      return batch;
    },
  };
}

/**
 * How far an iteration's steps have moved the policy, on the answers that it learned from: KL(pi_old, pi_new) in nats an
 * answer, by Schulman's estimator r - 1 - log r with r = pi_new / pi_old, which is never negative; and the share of tokens
 * whose ratio lies beyond the clip.
 */
export async function stepDivergence<P>(
  { coefficients }: PpoConfig<P>,
  logs: LogProgram<P>,
  policy: P,
  { ids, input, logOld }: Experience,
  answers: readonly Drawn[],
): Promise<{ readonly stepKl: number; readonly clipped: number }> {
  const { clip = 0.2 } = coefficients ?? {};
  const logNew = await byAnswer(
    tf.tidy(() => logs(policy, input, ids)),
    answers,
  );
  const ratios = logNew.map((row, i) => row.map((own, t) => Math.exp(own - logOld[i]![t]!)));
  return {
    stepKl: mean(ratios.map((row) => sum(row.map((r) => r - 1 - Math.log(r))))),
    clipped: mean(ratios.flat().map((r) => (Math.abs(r - 1) > clip ? 1 : 0))),
  };
}

/** Where nothing is compiled the program is plain tfjs, whose intermediate tensors must go. */
const looked = <P>(look: LookProgram<P>, ...args: Parameters<LookProgram<P>>): Looks =>
  tf.tidy(() => look(...args) as Looks & tf.TensorContainerObject);

/** The numbers of each answer's tokens, of float32 [B, T - 1], which is freed. */
async function byAnswer(all: tf.Tensor, answers: readonly Drawn[]): Promise<number[][]> {
  const width = all.shape[1] as number;
  const flat = await all.data();
  all.dispose();
  return answers.map(({ prompt, answer }, i) => {
    const first = i * width + prompt.length - 1;
    return Array.from(flat.subarray(first, first + answer.length));
  });
}

/** 1 - Var(returns - values) / Var(returns). */
function explainedShare(returns: readonly number[], values: readonly number[]): number {
  const left = variance(returns.map((each, i) => each - values[i]!));
  const all = variance(returns);
  return all > 0 ? 1 - left / all : 0;
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
const mean = (values: readonly number[]): number => (values.length > 0 ? sum(values) / values.length : 0);
const variance = (values: readonly number[]): number => {
  const middle = mean(values);
  return mean(values.map((each) => (each - middle) ** 2));
};
