// Made from solutions/02-embeddings.ts. A fresh copy: lab reset 02. As shipped: 24df442d1b2f1bc8
/**
 * Lab 02: embeddings.
 *
 * Seven functions: the angle between words, the counts and the sharpened counts behind the oldest vectors, the two losses
 * of word2vec and GloVe, the famous analogies, and the loss that makes vectors of whole sentences. Replace each `throw`
 * by your code, save, and run the check: in a notebook `await check("02/cosine", cosineSimilarity)`, in a terminal
 * `lab grade --lab 02`.
 *
 * Plain arrays are all you need, up to the last exercise, which takes tensors. Leave the arguments as they are.
 */

import { tf } from "transformer-lab/engine";

/** A list of numbers. */
export type Vector = readonly number[];

/** The dot product: the sum of the products, place by place. */
export function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** 1 / (1 + exp(-x)): from 0 (x very negative) over 0.5 (x = 0) to 1. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * 1. Cosine similarity.   Difficulty 1 of 5, importance 5 of 5, about 5 minutes
 *
 * The cosine of the angle between two vectors: a . b / (|a| |b|). 1: same direction. 0: at right angles. -1: opposite.
 * Length plays no part. A vector of zeros has no direction: the answer is then 0.
 * Rounding can give 1.0000000000000002, and Math.acos of that is NaN: stay between -1 and 1.
 * Throws a RangeError where the vectors differ in length.
 *
 * cosineSimilarity([3, 4], [4, 3])  ->  0.96
 */
export function cosineSimilarity(a: Vector, b: Vector): number {
  // TODO: the dot product over both lengths
  throw new Error("Not implemented yet: cosineSimilarity");
}

/** The name of a pair in a Map: the word, then its neighbour. */
export function pairKey(word: string, neighbour: string): string {
  return `${word} ${neighbour}`;
}

/**
 * 2. Count neighbours.   Difficulty 2 of 5, importance 4 of 5, about 10 minutes
 *
 * How often does each word stand near each other word? Near is: at most `window` places away, to the left or to the
 * right, in the same sentence. Every meeting counts from both sides, so the count of "a b" is that of "b a". A word is not
 * its own neighbour, but another place with the same word is: in "no no", "no no" counts 2. The keys are made by `pairKey`.
 *
 * countNeighbours([["we", "like", "tea"]], 1)  ->  Map { "we like" => 1, "like we" => 1, "like tea" => 1, "tea like" => 1 }
 */
export function countNeighbours(
  sentences: readonly (readonly string[])[],
  window: number,
): Map<string, number> {
  // TODO: from each place look left and right, no further than window and the sentence
  throw new Error("Not implemented yet: countNeighbours");
}

/**
 * 3. Positive pointwise mutual information.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * "the" stands near every word, so its counts are large and tell little. PMI asks how much more often two words meet
 * than by chance: log( p(w, c) / (p(w) p(c)) ), with p(w, c) = count / total, p(w) the share of w's row in the total,
 * p(c) the share of c's column. Positive PMI (PPMI) is max(0, PMI). Where the count is 0, it is 0 (and not -Infinity).
 * Natural logarithm. A matrix of nothing but zeros gives zeros.
 *
 * ppmi([[4, 0], [2, 2]])  ->  [[0.288, 0], [0, 0.693]]
 *
 * @param counts [words][contexts], as a table of rows
 *
 * Church, Hanks (1990), "Word Association Norms, Mutual Information, and Lexicography".
 */
export function ppmi(counts: readonly Vector[]): number[][] {
  // TODO: compare each count with what chance would give
  throw new Error("Not implemented yet: ppmi");
}

/** What one pair teaches: its loss, and the gradient for every vector that took part. */
export interface PairGradient {
  readonly loss: number;
  readonly centre: number[];
  readonly context: number[];
  /** One for each negative. */
  readonly negatives: number[][];
}

/**
 * 4. Negative sampling.   Difficulty 4 of 5, importance 5 of 5, about 30 minutes
 *
 * The heart of word2vec. A word in the middle (centre v) should tell its true neighbour (context o) from words drawn at
 * random (negatives n_k):
 *
 *     loss = -log s(o . v) - sum_k log s(-n_k . v)        with s the sigmoid
 *
 * Give the loss and its gradient with respect to v, to o and to every n_k. Two facts are enough: the derivative of
 * -log s(x) is s(x) - 1, and 1 - s(x) = s(-x).
 * Beware of scores like -800: s(-800) is 0 in 64 bits, and log(0) is -Infinity. Without a logarithm of 0:
 * -log s(x) = log(1 + exp(-x)), which is -x (nearly) where x is very negative.
 *
 * negativeSampling([1, 0], [0, 2], [[0, 1]])
 *   ->  { loss: 1.386, centre: [0, -0.5], context: [-0.5, 0], negatives: [[0.5, 0]] }
 *
 * Mikolov, Sutskever, Chen, Corrado, Dean (2013), equation 4 (there it is maximised; here minimised).
 */
export function negativeSampling(
  centre: Vector,
  context: Vector,
  negatives: readonly Vector[],
): PairGradient {
  // TODO: how wrong each score is, times the vector on its other side
  throw new Error("Not implemented yet: negativeSampling");
}

/**
 * 5. GloVe's loss.   Difficulty 2 of 5, importance 3 of 5, about 10 minutes
 *
 * GloVe asks that the dot product of two words be the logarithm of how often they meet. Its loss for one count x is
 *
 *     f(x) (w . c + b - log x)^2        with f(x) = (x / xMax)^(3/4) below xMax, and 1 from there on
 *
 * where b is the sum of the two words' biases. Rare counts are noisy: f lets them weigh less. Very frequent ones must not
 * rule: f stops at 1. A pair that never met (x = 0) adds nothing: the loss is 0.
 *
 * gloveLoss(100, [1, 2], [2, 1], 0.5)  ->  (4 + 0.5 - 4.605)^2 = 0.0111
 *
 * @param count x, 0 or more
 * @param bias b, the sum of both
 *
 * Pennington, Socher, Manning (2014), equations 8 and 9.
 */
export function gloveLoss(count: number, word: Vector, context: Vector, bias: number, xMax = 100): number {
  // TODO: the weighted square of how far the dot product is from the logarithm
  throw new Error("Not implemented yet: gloveLoss");
}

/**
 * 6. Analogies.   Difficulty 3 of 5, importance 4 of 5, about 15 minutes
 *
 * "man is to king as woman is to ...?" Scale every vector to length 1. The answer to "a is to b as c is to ...?" is the
 * word whose vector has the greatest cosine with b - a + c. The words a, b and c themselves may not be the answer: b or c
 * is nearly always nearest, and without this rule the game is mostly lost.
 *
 * @param vectors every word with its vector, all equally long and none of zeros; a, b and c are among them
 *
 * Mikolov, Yih, Zweig (2013), "Linguistic Regularities in Continuous Space Word Representations", section 4.
 */
export function analogy(vectors: ReadonlyMap<string, Vector>, a: string, b: string, c: string): string {
  // TODO: look for the word nearest to b - a + c, but for these three
  throw new Error("Not implemented yet: analogy");
}

/**
 * 7. SimCSE's loss.   Difficulty 4 of 5, importance 4 of 5, about 25 minutes
 *
 * Sentences as vectors. Each row of `first` and the same row of `second` are one sentence, encoded twice. Of all N rows of
 * `second`, row i should be the most similar one to row i of `first`:
 *
 *     loss = mean over i of  -log( exp(s_ii / t) / sum over j of exp(s_ij / t) ),   s_ij = cos(first_i, second_j)
 *
 * This is the cross entropy of N classes, where the right class of row i is i. The sum runs over ALL j, i itself too.
 * With t = 0.01 the powers overflow: use tf.logSumExp, or take the row's largest away.
 * Add a small number (1e-12) under the root of the length, so that a vector of zeros has a gradient.
 *
 * @param first float32 [N, D]
 * @param second float32 [N, D]
 * @param temperature t: the smaller, the more the nearest wrong sentence counts
 * @returns float32 scalar, in nats; log N where nothing is learned
 *
 * Gao, Yao, Chen (2021), "SimCSE: Simple Contrastive Learning of Sentence Embeddings", equation 1.
 */
export function simcseLoss(first: tf.Tensor2D, second: tf.Tensor2D, temperature = 0.05): tf.Scalar {
  // TODO: cosines of all pairs, then cross entropy with the diagonal as the right answer
  throw new Error("Not implemented yet: simcseLoss");
}
