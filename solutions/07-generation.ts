/**
 * Lab 07: generation.
 *
 * Eight functions: three that turn scores into a choice, the attention of a model that remembers, and the four ideas
 * behind writing several tokens at once: drafts that are tested, what they gain, a tree of guesses, and a test that asks
 * only for plausible tokens. Replace each `throw` by your code, save, and run the check: in a notebook
 * `await check("07/top-p", topP)`, in a terminal `lab grade --lab 07`.
 *
 * Scores (logits) and probabilities are plain arrays with a number for each token: the index is the token's id. Only
 * exercise 4 is about tensors: wrap its work in `tf.tidy(() => ...)`. Leave the arguments as they are.
 */

import { tf } from "transformer-lab/engine";

/**
 * 1. Softmax with temperature.   Difficulty 2 of 5, importance 5 of 5, about 10 minutes
 *
 * p_i = exp(z_i / t) / sum_j exp(z_j / t). Below 1 the temperature t makes likely tokens likelier still, above 1 it
 * makes all more alike. Temperature 0 means greedy: probability 1 for the token with the largest score (the lowest id
 * where several share it), 0 for all others.
 * z / t may be 10,000, and exp(10,000) is Infinity: take the largest score away first. A score of -Infinity (a banned
 * token) gets probability 0. At least one score is finite, none is +Infinity.
 *
 * softmaxTemperature([Math.log(3), 0], 1)    ->  [0.75, 0.25]
 * softmaxTemperature([Math.log(3), 0], 0.5)  ->  [0.9, 0.1]: 3 to 1 became 9 to 1
 *
 * @throws RangeError for a temperature that is negative or NaN
 *
 * Ackley, Hinton, Sejnowski (1985), "A learning algorithm for Boltzmann machines", equation 5.
 */
export function softmaxTemperature(logits: readonly number[], temperature: number): number[] {
  // BEGIN SOLUTION refuse a bad temperature, deal with 0, then a softmax of scores over temperature
  if (!(temperature >= 0)) throw new RangeError(`The temperature must be 0 or more, not ${temperature}`);
  const top = Math.max(...logits);
  if (temperature === 0) {
    const best = logits.indexOf(top);
    return logits.map((_, id) => (id === best ? 1 : 0));
  }
  const powers = logits.map((score) => Math.exp((score - top) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
  // END SOLUTION
}

/**
 * 2. Top-k.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * Keep the k largest scores, each at its place; all others become -Infinity, which softmax makes 0. Exactly k are kept,
 * also where scores are equal: of equal ones the lower ids. With k as large as the vocabulary, or larger, all stay.
 * (nanoGPT compares with the k-th largest score and so keeps all that equal it: perhaps more than k.)
 *
 * topK([1, 3, 2, 3], 2)  ->  [-Infinity, 3, -Infinity, 3]
 * topK([2, 1, 2, 2], 2)  ->  [2, -Infinity, 2, -Infinity]: three are equal, and ids 0 and 2 come first
 *
 * @throws RangeError for a k that is not a whole number from 1 up
 *
 * Fan, Lewis, Dauphin (2018), "Hierarchical neural story generation", section 5.4.
 */
export function topK(logits: readonly number[], k: number): number[] {
  // BEGIN SOLUTION order the IDS by their score, keep the first k of them
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k must be a whole number from 1 up, not ${k}`);
  const order = logits.map((_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);
  const kept = new Set(order.slice(0, k));
  return logits.map((score, id) => (kept.has(id) ? score : -Infinity));
  // END SOLUTION
}

/**
 * 3. Top-p, or nucleus sampling.   Difficulty 2 of 5, importance 5 of 5, about 15 minutes
 *
 * Take the likeliest token, the next one, and so on, until their probabilities add up to p or more: the token that
 * reaches p still belongs to them. They keep their places, divided by their sum so that they add up to 1 again; all
 * others become 0. Of equally likely tokens the lower id is taken first. A sure model is left one token, an unsure one many.
 *
 * topP([0.125, 0.5, 0.25, 0.125], 0.75)  ->  [0, 0.667, 0.333, 0]: 0.5 + 0.25 reaches 0.75
 * topP([0.125, 0.5, 0.25, 0.125], 0.8)   ->  [0.143, 0.571, 0.286, 0]
 *
 * @param probabilities add up to 1
 * @throws RangeError for a p that is not above 0 and at most 1
 *
 * Holtzman et al. (2020), "The curious case of neural text degeneration", section 3.1, equations 2 and 3.
 */
export function topP(probabilities: readonly number[], p: number): number[] {
  // BEGIN SOLUTION ids from the likeliest down, until the sum reaches p; then divide what is kept by its sum
  if (!(p > 0 && p <= 1)) throw new RangeError(`p must be above 0 and at most 1, not ${p}`);
  const order = probabilities.map((_, id) => id).sort((a, b) => probabilities[b] - probabilities[a] || a - b);
  const kept = new Set<number>();
  let mass = 0;
  for (const id of order) {
    kept.add(id);
    mass += probabilities[id];
    if (mass >= p) break;
  }
  return probabilities.map((probability, id) => (kept.has(id) ? probability / mass : 0));
  // END SOLUTION
}

/** What a step of cached attention gives back: its output, and the cache for the next step. */
export type CachedStep = {
  readonly out: tf.Tensor; // [H, T, D]
  readonly keys: tf.Tensor; // [H, S, D]
  readonly values: tf.Tensor; // [H, S, D]
};

/**
 * 4. Attention with a cache.   Difficulty 4 of 5, importance 5 of 5, about 30 minutes
 *
 * A model that writes keeps the keys and values of all that it has read. The cache has room for S places, always, so
 * that a step compiles once; `length` of them are filled. Now T new tokens come (a whole prompt, or one token):
 *   - their keys and values go to places length ... length + T - 1; the rest of the cache stays as it is;
 *   - new token i looks at all that was there, and at the new ones up to itself: places 0 ... length + i;
 *   - out = softmax(q K^T / sqrt(D)) V, with weight 0 for all other places.
 * Places from length + T on are not in use, but they are not empty: an earlier text may have left its keys there.
 *
 * Read all at once, or token by token: `out` is the same. (`const [h, t, d] = q.shape as [number, number, number]`.)
 *
 * @param q float32 [H, T, D], of the new tokens; k and v too
 * @param keys float32 [H, S, D], the cache; values too
 * @param length filled places
 * @throws RangeError where length + T is more than S
 *
 * Shazeer (2019), "Fast transformer decoding: one write-head is all you need", section 2.4.
 */
export function cachedAttention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  keys: tf.Tensor,
  values: tf.Tensor,
  length: number,
): CachedStep {
  // BEGIN SOLUTION write into both caches; mask by place; attention of the new queries to the whole cache
  return tf.tidy(() => {
    const [heads, time, headDim] = q.shape as [number, number, number];
    const [, size] = keys.shape as [number, number, number];
    const end = length + time;
    if (end > size) throw new RangeError(`The cache has ${size} places, and ${end} are needed`);
    const write = (cache: tf.Tensor, fresh: tf.Tensor): tf.Tensor => {
      const after = cache.slice([0, end, 0], [heads, size - end, headDim]);
      return tf.concat([cache.slice([0, 0, 0], [heads, length, headDim]), fresh, after], 1); // [H, S, D]
    };
    const [allKeys, allValues] = [write(keys, k), write(values, v)];
    const scores = tf.matMul(q, allKeys, false, true).div(Math.sqrt(headDim)); // [H, T, S]
    const last = tf.range(length, end, 1, "int32").expandDims(1); // [T, 1]: where each new token stands
    const mask = tf.lessEqual(tf.range(0, size, 1, "int32"), last); // [T, S]
    const weights = tf.softmax(tf.where(mask, scores, tf.fill(scores.shape, -Infinity))); // [H, T, S]
    return { out: tf.matMul(weights, allValues), keys: allKeys, values: allValues };
  });
  // END SOLUTION
}

/**
 * A token by its probability (given, nothing to do here): the first id at which the sum of the probabilities up to it
 * passes u, a number in [0, 1). The probabilities must add up to 1.
 */
export function draw(probabilities: readonly number[], u: number): number {
  let [last, sum] = [0, 0];
  for (const [id, probability] of probabilities.entries()) {
    if (probability <= 0) continue;
    last = id;
    sum += probability;
    if (u < sum) break;
  }
  return last;
}

/**
 * 5. Test a draft.   Difficulty 4 of 5, importance 5 of 5, about 30 minutes
 *
 * A small model has drafted g tokens, each drawn from its own distribution q[i]. The large model has read them all at
 * once and says p[i], what it thinks of place i, and p[g], of the place after the last. Go from left to right:
 *   - token x = drafted[i] is accepted when uniforms[i] < p[i][x] / q[i][x] (so always where p is as large as q);
 *   - at the first refusal, a replacement is drawn from the residual: max(0, p[i] - q[i]), divided by its sum. The round
 *     ends: what was drafted after it was drafted after a wrong token;
 *   - when all g are accepted, one more token is drawn from p[g], for free.
 * The round's last token, of either kind, is draw(probabilities, uniforms[g]). So every round gives between 1 and g + 1
 * tokens, and each is distributed as if the large model had drawn it alone.
 *
 * With q[0] = [0.5, 0.5], p[0] = [0.25, 0.75] and drafted [0]: accepted when uniforms[0] < 0.5; else the residual is
 * [0, 0.25] / 0.25 = [0, 1], and the round gives [1].
 *
 * @param p g + 1 rows; q has g; each adds up to 1
 * @param uniforms g + 1 numbers in [0, 1)
 * @returns the tokens of this round: those accepted, and the last one
 *
 * Leviathan, Kalman, Matias (2023), "Fast inference from transformers via speculative decoding", algorithm 1 and A.1.
 */
export function acceptDraft(
  p: readonly (readonly number[])[],
  q: readonly (readonly number[])[],
  drafted: readonly number[],
  uniforms: readonly number[],
): number[] {
  // BEGIN SOLUTION test from left to right; at the first refusal draw from the residual; else draw one more
  const last = uniforms[drafted.length];
  for (const [i, token] of drafted.entries()) {
    if (uniforms[i] < p[i][token] / q[i][token]) continue;
    const rest = p[i].map((target, id) => Math.max(0, target - q[i][id]));
    const total = rest.reduce((sum, each) => sum + each, 0);
    const residual = rest.map((each) => each / total);
    return [...drafted.slice(0, i), draw(residual, last)];
  }
  return [...drafted, draw(p[drafted.length], last)];
  // END SOLUTION
}

/** What rounds of speculative decoding tell: two acceptance rates, the tokens expected of a round, the gain in time. */
export type Gain = Readonly<Record<"perDraft" | "perTest" | "tokens" | "speedup", number>>;

/**
 * 6. What drafts gain.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * `accepted[r]` says how many of the g tokens drafted in round r were accepted. Two numbers are called the acceptance
 * rate, and they differ. `perDraft` is all accepted over all drafted. But after a refusal the rest of a draft is thrown
 * away untested: `perTest` is all accepted over all TESTED, where a round tests what it accepted and the one that it
 * refused, if any. This is the paper's a. With it, and each test as likely to pass as any other:
 *
 *     tokens  = (1 - a^(g + 1)) / (1 - a) = 1 + a + a^2 + ... + a^g         g + 1 when a = 1
 *     speedup = tokens / (g c + 1)         c: what a step of the small model costs, in steps of the large one
 *
 * speculativeGain([2, 0], 2, 0.125)  ->  { perDraft: 0.5, perTest: 0.667, tokens: 2.111, speedup: 1.689 }
 *
 * @param accepted at least one round, each from 0 to g
 * @param cost c, 0 for a draft that is free
 *
 * Leviathan, Kalman, Matias (2023), equation 1 and theorem 3.8.
 */
export function speculativeGain(accepted: readonly number[], gamma: number, cost: number): Gain {
  // BEGIN SOLUTION count what was accepted, drafted and tested; then the two formulas
  const passed = accepted.reduce((sum, count) => sum + count, 0);
  const a = passed / accepted.reduce((sum, count) => sum + Math.min(count + 1, gamma), 0);
  let tokens = 0;
  for (let i = 0; i <= gamma; i++) tokens += a ** i;
  const perDraft = passed / (accepted.length * gamma);
  return { perDraft, perTest: a, tokens, speedup: tokens / (gamma * cost + 1) };
  // END SOLUTION
}

/** What a model needs to read a tree of guesses at once. Node 0 is the root; node i + 1 is paths[i]. */
export interface TreeBuffers {
  readonly positions: number[]; // by node: how many places after the root it stands, its depth
  readonly retrieval: number[][]; // by leaf, in the order of the nodes: all nodes from the root down to it
  readonly mask: boolean[][]; // [i][j]: may node i look at node j?
}

/**
 * 7. A tree of guesses.   Difficulty 3 of 5, importance 4 of 5, about 25 minutes
 *
 * Medusa's heads guess the next tokens all at once. A path says which guess was taken of each head: [0] is the best
 * guess of head 1; [0, 2] is the third best of head 2, after it. All guesses are read in ONE call, as a tree under the
 * token that is sure (the root). Each node may look at the root, at the nodes on its own way down, and at itself; not at
 * its siblings, which stand at the same place of other texts. Its position is its depth, not its number.
 * A leaf is a node that no other path goes through.
 *
 * Every beginning of a path is in the list too, but perhaps after it; no path is empty, none comes twice.
 *
 * treeBuffers([[0], [1], [0, 0]])  ->  {
 *   positions: [0, 1, 1, 2], retrieval: [[0, 2], [0, 1, 3]],
 *   mask: [[true, false, false, false], [true, true, false, false], [true, false, true, false], [true, true, false, true]] }
 *
 * @throws RangeError where a beginning of a path is not in the list
 *
 * Cai et al. (2024), "Medusa", section 2.1.2 and figure 2.
 */
export function treeBuffers(paths: readonly (readonly number[])[]): TreeBuffers {
  // BEGIN SOLUTION find the number of every beginning of a path: this line of nodes gives all three
  const numbers = new Map([[], ...paths].map((path, node) => [path.join(), node]));
  const lines = [[], ...paths].map((path) =>
    Array.from({ length: path.length + 1 }, (_, depth) => {
      const beginning = path.slice(0, depth).join();
      const node = numbers.get(beginning);
      if (node === undefined) throw new RangeError(`[${path.join()}] needs [${beginning}], which is missing`);
      return node;
    }),
  );
  const isLeaf = (node: number): boolean => lines.filter((line) => line.includes(node)).length === 1;
  return {
    positions: lines.map((line) => line.length - 1),
    retrieval: lines.filter((_, node) => isLeaf(node)),
    mask: lines.map((line) => lines.map((_, node) => line.includes(node))),
  };
  // END SOLUTION
}

/**
 * 8. Typical acceptance.   Difficulty 3 of 5, importance 3 of 5, about 15 minutes
 *
 * Medusa does not ask for the model's exact distribution, only for tokens that it finds plausible. candidate[0] is the
 * token that the model itself has chosen (greedy): always accepted. probabilities[i] is what the model says AFTER
 * candidate[i], so it judges candidate[i + 1]. A token is accepted when its probability is above the threshold
 *
 *     min(epsilon, delta * exp(-H))        H = -sum_j p_j log p_j of that row, natural logarithm, 0 log 0 = 0
 *
 * Where the model is unsure (H is large) a small probability will do. Everything after the first refusal is lost.
 *
 * typicalAcceptance([[0.5, 0.5], [1, 0]], [7, 0, 1], 0.09, 0.3)  ->  2: token 7; then 0, as 0.5 > min(0.09, 0.15); 1 has 0
 *
 * @param probabilities as many rows as there are tokens, or one fewer: the last one judges nothing
 * @returns how many of its tokens are accepted, 1 or more
 *
 * Cai et al. (2024), "Medusa", section 2.3.1.
 */
export function typicalAcceptance(
  probabilities: readonly (readonly number[])[],
  candidate: readonly number[],
  epsilon: number,
  delta: number,
): number {
  // BEGIN SOLUTION from the second token on: the row before it, its entropy, its threshold; stop at the first refusal
  let accepted = 1;
  while (accepted < candidate.length) {
    const row = probabilities[accepted - 1];
    const entropy = row.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
    if (row[candidate[accepted]] <= Math.min(epsilon, delta * Math.exp(-entropy))) break;
    accepted++;
  }
  return accepted;
  // END SOLUTION
}
