// Made from solutions/05-architectures.ts. A fresh copy: lab reset 05. As shipped: d435c1461a30b72e
/**
 * Lab 05: architectures.
 *
 * The parts that tell one family of transformers from another, and the two sums that everybody who trains one must be
 * able to do: how many parameters, how many operations. Replace each `throw` by your code, save, and run the check: in
 * a notebook `await check("05/layer-norm", layerNorm)`, in a terminal `lab grade --lab 05`.
 *
 * Letters: B sequences in a batch, T places in a sequence, S places in the source, C the width of the model, F the width
 * of the feed-forward part, V tokens in the vocabulary, L blocks. Functions of tensors work inside `tf.tidy`.
 */

import { tf } from "transformer-lab/engine";

/**
 * 1. LayerNorm.   Difficulty 2 of 5, importance 5 of 5, about 10 minutes
 *
 * Each row along the last axis is centred and scaled, alone: (x - mean) / sqrt(variance + epsilon) * gain + bias.
 * The variance is the mean of the squared distances from the mean, divided by C and not by C - 1. Epsilon stands inside
 * the root. Compute the distances first and square them: mean(x^2) - mean(x)^2 loses all its digits in float32 where
 * the numbers are far from 0.
 *
 * layerNorm(tf.tensor([[1, 3]]), tf.tensor([1, 1]), tf.tensor([0, 10]), 0)  ->  [[-1, 11]]
 *
 * @param x float32 [..., C]
 * @param gain float32 [C]
 * @param bias float32 [C]
 * @returns float32 [..., C]
 *
 * Ba, Kiros, Hinton (2016), "Layer normalization", section 3.
 */
export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  // TODO: the distances from the mean, the mean of their squares, then gain and bias
  throw new Error("Not implemented yet: layerNorm");
}

/**
 * 2. RMSNorm.   Difficulty 1 of 5, importance 4 of 5, about 5 minutes
 *
 * What LLaMA has in place of LayerNorm: no mean is taken away, and there is no bias. Each row is divided by its root mean
 * square: x / sqrt(mean(x^2) + epsilon) * gain.
 *
 * rmsNorm(tf.tensor([[3, 4]]), tf.tensor([1, 1]), 0)  ->  [[0.8485, 1.1314]], since the root of (9 + 16) / 2 is 3.5355
 *
 * @param x float32 [..., C]
 * @param gain float32 [C]
 * @returns float32 [..., C]
 *
 * Zhang, Sennrich (2019), "Root mean square layer normalization", equation 4.
 */
export function rmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  // TODO: divide by the root of the mean of the squares
  throw new Error("Not implemented yet: rmsNorm");
}

/** A norm without parameters, for exercise 3: each row gets mean 0 and variance 1. */
export function normalise(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  });
}

/** A small feed-forward part, for exercise 3: relu(x W1) W2, with x [T, C], W1 [C, F], W2 [F, C]. */
export function feedForward(x: tf.Tensor, w1: tf.Tensor, w2: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.matMul(tf.relu(tf.matMul(x, w1)), w2));
}

/**
 * 3. Where the norm stands.   Difficulty 2 of 5, importance 5 of 5, about 10 minutes
 *
 * A residual part adds what f finds to what came in. With f = feedForward, and the norm `normalise` (both above):
 *
 * - "post": norm(x + f(x)). Vaswani 2017, GPT-1, BERT. The sum itself is normed.
 * - "pre":  x + f(norm(x)). GPT-2 and nearly all since. The way of x from bottom to top is never normed.
 * - "deep": norm(alpha x + f(x)). DeepNorm: as "post", but x counts alpha times.
 *
 * Alpha is for "deep" only.
 *
 * @param x float32 [T, C]
 * @param w1 float32 [C, F]
 * @param w2 float32 [F, C]
 * @returns float32 [T, C]
 *
 * Xiong et al. (2020), "On layer normalization in the transformer architecture"; Wang et al. (2022), "DeepNet".
 */
export function residualPart(
  x: tf.Tensor,
  w1: tf.Tensor,
  w2: tf.Tensor,
  order: "post" | "pre" | "deep",
  alpha: number,
): tf.Tensor {
  // TODO: one formula for each order
  throw new Error("Not implemented yet: residualPart");
}

/**
 * 4. SwiGLU.   Difficulty 2 of 5, importance 4 of 5, about 10 minutes
 *
 * LLaMA's feed-forward part. Two layers read x side by side. One goes through SiLU, z * sigmoid(z), and becomes a gate:
 * it says how much of the other gets through. The product goes back to the width of the model:
 * (SiLU(x gate) * (x up)) down. No biases.
 *
 * @param x float32 [T, C]
 * @param gate float32 [C, F]
 * @param up float32 [C, F]
 * @param down float32 [F, C]
 * @returns float32 [T, C]
 *
 * Shazeer (2020), "GLU variants improve transformer", equation 6.
 */
export function swiglu(x: tf.Tensor, gate: tf.Tensor, up: tf.Tensor, down: tf.Tensor): tf.Tensor {
  // TODO: the gate through SiLU, times the other layer, then back
  throw new Error("Not implemented yet: swiglu");
}

/** A label that counts nothing in the loss, as in PyTorch. */
export const IGNORED = -100;

/**
 * 5. What the decoder reads.   Difficulty 1 of 5, importance 5 of 5, about 5 minutes
 *
 * In training the decoder of an encoder-decoder reads the right answer, one place late: first the start token, then each
 * label but the last. So at place t it has seen the labels before t, and must guess label t. (This is teacher forcing.)
 * Rows are filled up with IGNORED where nothing is to be guessed; that is no token, so the decoder reads `pad` there.
 *
 * shiftRight([[7, 8, 1], [9, 1, IGNORED]], 0, 3)  ->  [[0, 7, 8], [0, 9, 1]]
 *
 * @param labels rows of token ids; all rows are equally long
 * @param start the start token's id. T5 takes that of the padding.
 * @param pad what the decoder reads where the label is IGNORED
 * @returns rows of the same length. Leave `labels` as it is.
 *
 * Raffel et al. (2020), T5; `_shift_right` in Hugging Face's transformers.
 */
export function shiftRight(labels: number[][], start: number, pad: number): number[][] {
  // TODO: the start token, then all labels but the last
  throw new Error("Not implemented yet: shiftRight");
}

/**
 * 6. Cross attention.   Difficulty 3 of 5, importance 5 of 5, about 15 minutes
 *
 * The decoder looks at the encoder: queries come from the target, keys and values from the source. Sources of one batch
 * are padded to S places, and nobody may look at padding: source b has lengths[b] real places, the first ones.
 * scores = q k^T / sqrt(D), padding out, softmax over the source, then the mean of the values with these weights.
 *
 * @param q float32 [B, T, D]
 * @param k float32 [B, S, D]
 * @param v float32 [B, S, E]
 * @param lengths for each source how many places are no padding, from 1 to S
 * @returns float32 [B, T, E]
 *
 * Vaswani et al. (2017), "Attention is all you need", section 3.2.3.
 */
export function crossAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, lengths: number[]): tf.Tensor {
  // TODO: scores, -Infinity (or -1e9) for padding, softmax along the source, the weighted mean
  throw new Error("Not implemented yet: crossAttention");
}

/** The sizes that decide how large a GPT-2 is. */
export interface Sizes {
  readonly vocabSize: number;
  /** Places of the table of positions. */
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
}

/**
 * 7. Count a GPT-2.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * How many parameters? Nothing is made, only counted. The parts:
 *
 * - a table of tokens [V, C] and one of positions [context, C];
 * - in each block: two LayerNorms (gain and bias); queries, keys, values and output, [C, C] each; two layers of the
 *   feed-forward part, [C, 4 C] and [4 C, C]. Every layer has a bias, as wide as what it gives;
 * - one more LayerNorm at the end.
 *
 * The head that scores the vocabulary is the table of tokens again (it is *tied*): it costs nothing.
 *
 * countGpt2({ vocabSize: 50257, context: 1024, dModel: 768, nLayer: 12 })  ->  124439808
 *
 * Radford et al. (2019), table 2. The paper prints 117 M for this one: a slip.
 */
export function countGpt2(sizes: Sizes): number {
  // TODO: the two tables, then L times the parts of a block, then the last norm
  throw new Error("Not implemented yet: countGpt2");
}

/**
 * 8. What a token costs in training.   Difficulty 3 of 5, importance 4 of 5, about 15 minutes
 *
 * Count the floating point operations (FLOPs) of one token in one training step of a GPT-2. Only products of matrices
 * count, and a multiplication with its addition is 2.
 *
 * - Forward, every weight of the blocks' matrices is used once: 2 a weight. So is the head's, [C, V], tied or not.
 *   Looking up an embedding costs nothing.
 * - Forward, attention multiplies the query with the keys of all `context` places (2 C each, over all heads), and mixes
 *   as many values (2 C each), in each block. (Half of it is masked, but a plain kernel computes it all.)
 * - The way back costs twice the way forward: one product for the gradient of the input, one for that of the weight.
 *
 * @returns FLOPs for one token
 *
 * Kaplan et al. (2020), section 2.1; Chowdhery et al. (2022), "PaLM", appendix B.
 */
export function trainingFlops(sizes: Sizes): number {
  // TODO: the weights of matrices twice, attention's two products, all of it three times
  throw new Error("Not implemented yet: trainingFlops");
}
