/**
 * Lab 11: RLHF.
 *
 * Eight functions, in the order in which a model learns what people like: the loss of a reward model, for a pair and for
 * whole rankings; the reward of each token, the advantage of each token, PPO's clipped loss, its mixture with
 * pretraining; then two ways without reinforcement learning, best-of-n and DPO. Replace each `throw` by your code, save,
 * and run the check: in a notebook `await check("11/gae", gae)`, in a terminal `lab grade --lab 11`.
 *
 * Exercise 5 takes tensors, all others numbers and arrays of them. Logarithms are natural. Leave the arguments as they
 * are: return something new. Functions of this file may call each other: 2 and 8 need the loss of exercise 1 again.
 */

import { tf } from "transformer-lab/engine";

/**
 * 1. The loss of a pair.   Difficulty 1 of 5, importance 5 of 5, about 10 minutes
 *
 * Somebody read two answers and chose one. A reward model gave them the rewards `chosen` and `rejected`. It says that
 * people choose the first with probability sigmoid(chosen - rejected) (Bradley and Terry, 1952), and its loss is
 *
 *     -log sigmoid(chosen - rejected)
 *
 * Rewards may lie 1000 apart, and more. exp(1000) is Infinity and the logarithm of 0 is -Infinity, but pairLoss(-1000, 0)
 * is 1000. So write -log sigmoid(x) as log(1 + exp(-x)), and find another form of that for x below 0.
 *
 * pairLoss(1, 1)            ->  0.6931        it does not know: log 2
 * pairLoss(Math.log(3), 0)  ->  0.2877        -log(3/4)
 * pairLoss(0, Math.log(3))  ->  1.3863        -log(1/4)
 *
 * Christiano et al. (2017), "Deep reinforcement learning from human preferences", section 2.2.3; Ouyang et al. (2022),
 * "Training language models to follow instructions with human feedback", equation 1.
 */
export function pairLoss(chosen: number, rejected: number): number {
  // BEGIN SOLUTION log(1 + exp(-x)), where exp is only ever taken of a number below 0
  const x = chosen - rejected;
  return Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  // END SOLUTION
}

/**
 * 2. The loss of rankings.   Difficulty 3 of 5, importance 5 of 5, about 20 minutes
 *
 * To rank K answers to one prompt is hardly more work than to compare two, and gives up to C(K, 2) = K (K - 1) / 2 pairs.
 * ranks[p][k] is the rank of answer k to prompt p, 1 for the best; rewards[p][k] is its reward. Of every two answers with
 * different ranks the one with the LOWER rank was chosen; two with the same rank give no pair.
 *
 * The pairs of a prompt share their answers. As separate examples they made the reward model over-fit in one epoch: each
 * answer was then learned K - 1 times. So all of a prompt's pairs are ONE entry of the batch:
 *   - the loss of a prompt is the mean over its pairs of -log sigmoid(reward of the better - reward of the worse);
 *   - the loss is the mean over the prompts. A prompt without pairs does not count; with no pairs at all the loss is 0.
 *
 * rankingLoss([[0, 0, 0], [1, 0]], [[1, 2, 3], [1, 2]])  ->  0.5032        (log 2 + 0.3133) / 2, not (3 log 2 + 0.3133) / 4
 * rankingLoss([[1, 0, 5]], [[1, 2, 2]])                  ->  2.1657        (0.3133 + 4.0181) / 2: the tie gives no pair
 *
 * @param rewards [prompts][answers], each prompt with as many answers as it has
 * @param ranks [prompts][answers]
 *
 * Ouyang et al. (2022), section 3.5 and equation 1.
 */
export function rankingLoss(
  rewards: readonly (readonly number[])[],
  ranks: readonly (readonly number[])[],
): number {
  // BEGIN SOLUTION the losses of each prompt's pairs, their mean, and the mean over the prompts that have some
  const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
  const losses = rewards.flatMap((prompt, p) => {
    const pairs = prompt.flatMap((better, i) =>
      prompt.filter((_, j) => ranks[p][i] < ranks[p][j]).map((worse) => pairLoss(better, worse)),
    );
    return pairs.length === 0 ? [] : [mean(pairs)];
  });
  return losses.length === 0 ? 0 : mean(losses);
  // END SOLUTION
}

/**
 * 3. The reward of each token.   Difficulty 2 of 5, importance 5 of 5, about 15 minutes
 *
 * The reward model judges a whole answer: one `score`, when it ends. A policy that only wants this score soon writes
 * what no person ever would, where the reward model knows nothing. So each token pays for being likelier under the
 * policy than under the reference (the SFT model that training began with):
 *
 *     reward_t = -beta (log pi(token_t) - log pi_SFT(token_t))        and the last token gets the score on top
 *
 * The sum of the log-ratios estimates the KL divergence between both models. The answer is padded to T tokens, of which
 * the first `length` are real: the score belongs to the last REAL token, and padding gets 0.
 *
 * shapedRewards(1, [-1, -2, 0], [-2, -1, 0], 2, 0.1)  ->  [-0.1, 1.1, 0]
 *
 * @param logPolicy [T], the log-probability of each token under the policy that wrote it; anything where there is padding
 * @param logReference [T], the same tokens under the reference
 * @param length 1 to T
 * @returns [T]
 *
 * Ziegler et al. (2019), "Fine-tuning language models from human preferences", section 2; Ouyang et al. (2022), section
 * 3.5 and equation 2 (beta = 0.02).
 */
export function shapedRewards(
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
): number[] {
  // BEGIN SOLUTION the penalty of each real token, the score on the last of them, 0 for padding
  return logPolicy.map((log, t) => {
    if (t >= length) return 0;
    const penalty = -beta * (log - logReference[t]);
    return t === length - 1 ? penalty + score : penalty;
  });
  // END SOLUTION
}

/** For each token: how much better it went than expected, and what the value function should have expected. */
export interface Advantages {
  readonly advantages: number[];
  readonly returns: number[];
}

/**
 * 4. The advantage of each token.   Difficulty 3 of 5, importance 5 of 5, about 20 minutes
 *
 * Which token earned the score at the end? The value function says before each token how much reward it still expects,
 * values[t]. After the last token it expects nothing: V_T = 0. A token is good where more comes than was expected:
 *
 *     delta_t = r_t + gamma V_(t+1) - V_t
 *     A_t     = delta_t + gamma lambda A_(t+1)        A_T = 0, so begin at the end
 *
 * With lambda = 0 only the next step counts (little noise, but it believes the value function); with lambda = 1 all that
 * came later (much noise, no belief). The value function then learns towards returns_t = A_t + V_t.
 *
 * gae([0, 1], [0.5, 0.25], 1, 0.5)  ->  { advantages: [0.125, 0.75], returns: [0.625, 1] }
 *
 * @param rewards [T], at least one
 * @param values [T], before each token
 * @param gamma discount of each step, 0 to 1 (1 in RLHF: an answer is short)
 *
 * Schulman et al. (2016), "High-dimensional continuous control using generalized advantage estimation", equation 16;
 * Schulman et al. (2017), "Proximal policy optimization algorithms", equations 11 and 12.
 */
export function gae(
  rewards: readonly number[],
  values: readonly number[],
  gamma: number,
  lambda: number,
): Advantages {
  // BEGIN SOLUTION from the last token to the first: delta, then the advantage; at last the returns
  const advantages = new Array<number>(rewards.length);
  let later = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const next = t + 1 < values.length ? values[t + 1] : 0;
    later = rewards[t] + gamma * next - values[t] + gamma * lambda * later;
    advantages[t] = later;
  }
  return { advantages, returns: advantages.map((advantage, t) => advantage + values[t]) };
  // END SOLUTION
}

/**
 * The same numbers as a constant: no gradient goes back through it. PyTorch calls this `detach`, JAX `stop_gradient`;
 * tfjs has none, so here it is, as a function whose gradient is 0.
 */
export function detach(x: tf.Tensor): tf.Tensor {
  const constant = tf.customGrad((given) => ({
    value: (given as tf.Tensor).clone(),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
  }));
  return constant(x);
}

/**
 * 5. PPO's clipped loss.   Difficulty 4 of 5, importance 5 of 5, about 30 minutes
 *
 * The policy takes several steps on the same answers. `logOld` are the log-probabilities of their tokens when they were
 * written, `logNew` those of the policy as it is now. Here the advantage is simply A = returns - values.
 *
 *     ratio     = exp(logNew - logOld)                                     1 at the first step
 *     objective = min(ratio A, clip(ratio, 1 - epsilon, 1 + epsilon) A)    of each token
 *     loss      = -(sum of the objective over the real tokens) / (number of real tokens)
 *
 * The minimum is the careful one of both: a token gains nothing more from a ratio beyond the clip, but where the ratio
 * went the wrong way (A > 0 and a small ratio) the whole loss, with its gradient, stays.
 * A is a judgement, not something to move: without `detach` (above) the policy's loss would also train the VALUE
 * function, to call every token as bad as possible. The gradient with respect to `values` must be 0.
 *
 * clippedLoss([[log 1.5, log 0.5]], [[0, 0]], [[1, -1]], [[0, 0]], [[1, 1]], 0.2)  ->  -0.2      -(1.2 - 0.8) / 2
 *
 * @param logNew float32 [B, T], and so are all other tensors
 * @param mask 1 for real tokens, 0 for padding; at least one is real. What stands in the padding is anything
 * @returns float32 scalar. Make it inside tf.tidy(() => ...), which frees all other tensors
 *
 * Schulman et al. (2017), equation 7.
 */
export function clippedLoss(
  logNew: tf.Tensor2D,
  logOld: tf.Tensor2D,
  returns: tf.Tensor2D,
  values: tf.Tensor2D,
  mask: tf.Tensor2D,
  epsilon: number,
): tf.Scalar {
  // BEGIN SOLUTION the advantage as a constant, the ratio, the smaller objective; minus its mean over the real tokens
  return tf.tidy(() => {
    const advantage = detach(returns.sub(values)); // [B, T]
    const ratio = tf.exp(logNew.sub(logOld)); // [B, T]
    const clipped = tf.clipByValue(ratio, 1 - epsilon, 1 + epsilon); // [B, T]
    const objective = tf.minimum(ratio.mul(advantage), clipped.mul(advantage)); // [B, T]
    return tf.neg(tf.sum(objective.mul(mask)).div(tf.sum(mask))) as tf.Scalar;
  });
  // END SOLUTION
}

/**
 * 6. Remember the language.   Difficulty 1 of 5, importance 4 of 5, about 10 minutes
 *
 * A policy that follows its reward forgets other things: InstructGPT became worse at reading tests, the "alignment tax".
 * PPO-ptx goes on with pretraining at the same time:
 *
 *     loss = policyLoss + valueCoefficient * valueLoss + gamma * (mean of -log p of the pretraining tokens)
 *
 * Without pretraining tokens the last part is 0.
 *
 * ptxLoss(1, 2, [-3, -1], 0.1, 0.5)  ->  2.2        1 + 0.1 * 2 + 0.5 * 2
 *
 * @param pretrainLogProbs log p of each token of a plain text
 *
 * Ouyang et al. (2022), equation 2, as a loss (so with the other sign); there gamma is 27.8, and their value function is
 * a model of its own, with a loss of its own.
 */
export function ptxLoss(
  policyLoss: number,
  valueLoss: number,
  pretrainLogProbs: readonly number[],
  valueCoefficient: number,
  gamma: number,
): number {
  // BEGIN SOLUTION the mean of -log p, 0 for none; then the three parts with their weights
  const sum = pretrainLogProbs.reduce((total, log) => total - log, 0);
  const pretraining = pretrainLogProbs.length === 0 ? 0 : sum / pretrainLogProbs.length;
  return policyLoss + valueCoefficient * valueLoss + gamma * pretraining;
  // END SOLUTION
}

/** How far best-of-n goes from the policy, and what it reaches. */
export interface BestOf {
  readonly kl: number;
  readonly gold: number;
}

/**
 * 7. Best of n.   Difficulty 4 of 5, importance 4 of 5, about 25 minutes
 *
 * The simplest way to a better answer: write n of them, and take the one that the reward model (the PROXY of what people
 * want) likes best. How good is it by the GOLD reward, which the reward model only imitates?
 *
 * Given are N answers with both rewards. n of them are drawn at random without replacement, and the best of these by
 * `proxy` is kept. `gold` of the answer is the EXPECTED gold reward of the kept one, over all C(N, n) draws: nothing is
 * left to chance. Sort by proxy; the i-th smallest (i = 1 ... N) is kept with probability
 *
 *     C(i - 1, n - 1) / C(N, n)        it was drawn, and so were n - 1 of the i - 1 below it
 *
 * C(2000, 1000) has 601 digits, more than a number holds. But the largest (i = N) is kept with probability n / N, and the
 * step to the one below is simple: C(i - 2, n - 1) / C(i - 1, n - 1) = (i - n) / (i - 1).
 * `kl` is the KL divergence from the policy to its best-of-n, log n - (n - 1) / n nats, whatever the model is.
 *
 * bestOfN([3, 1, 2], [10, 20, 60], 2)  ->  { kl: 0.1931, gold: 26.667 }
 *   (the answer with proxy 3 is kept in 2 of 3 draws, the one with proxy 2 in 1 of 3: 20/3 + 60/3)
 *
 * @param proxy of each answer; no two are equal
 * @param gold of the same answers
 * @param n 1 to N
 *
 * Nakano et al. (2021), "WebGPT", appendix I; Stiennon et al. (2020), "Learning to summarize from human feedback",
 * appendix G.3 (kl; where rewards tie it is an upper bound: Beirami et al., 2024); Gao et al. (2022), "Scaling laws for
 * reward model overoptimization".
 */
export function bestOfN(proxy: readonly number[], gold: readonly number[], n: number): BestOf {
  // BEGIN SOLUTION from the largest proxy downwards: the probability of each, times its gold reward
  const order = [...proxy.keys()].sort((a, b) => proxy[b] - proxy[a]);
  let probability = n / proxy.length;
  let expected = 0;
  for (let i = proxy.length; i >= n; i--) {
    expected += probability * gold[order[proxy.length - i]];
    if (i > 1) probability *= (i - n) / (i - 1);
  }
  return { kl: Math.log(n) - (n - 1) / n, gold: expected };
  // END SOLUTION
}

/**
 * 8. DPO.   Difficulty 2 of 5, importance 5 of 5, about 15 minutes
 *
 * The best policy under a reward with a KL penalty is known in closed form. Solved for the reward, it says that a policy
 * IS a reward model: an answer's reward is beta (log pi - log pi_ref), up to a part that depends on the prompt alone. Put
 * that into the loss of a pair, and neither a reward model nor sampling is needed:
 *
 *     -log sigmoid( beta ( (policyChosen - referenceChosen) - (policyRejected - referenceRejected) ) )
 *
 * and the mean of that over the pairs. All are log-probabilities of whole answers, the sums over their tokens, so they
 * may be -3000: take care of large numbers, as in exercise 1.
 *
 * dpoLoss([-3], [-4], [-5], [-4], 0.5)  ->  0.3133        -log sigmoid(0.5 * (2 - 0))
 *
 * @param policyChosen [pairs], at least one, and so are the others
 *
 * Rafailov et al. (2023), "Direct preference optimization: your language model is secretly a reward model", equation 7.
 */
export function dpoLoss(
  policyChosen: readonly number[],
  policyRejected: readonly number[],
  referenceChosen: readonly number[],
  referenceRejected: readonly number[],
  beta: number,
): number {
  // BEGIN SOLUTION both log-ratios of each pair, beta times their difference as a pair's loss; then the mean
  const total = policyChosen.reduce((sum, log, i) => {
    const chosen = log - referenceChosen[i];
    const rejected = policyRejected[i] - referenceRejected[i];
    return sum + pairLoss(beta * chosen, beta * rejected);
  }, 0);
  return total / policyChosen.length;
  // END SOLUTION
}
