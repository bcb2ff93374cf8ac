import { tf } from "../engine";
import { expectRank, expectSize, expectType, rowsOf } from "./check";
import { withGradient } from "./gradient";
import { rowIndices, safeIds } from "./ids";
import { logSumExp } from "./log-softmax";

export interface CrossEntropyOptions {
  /** Labels with this value count for nothing (padding, a prompt's tokens); as in PyTorch, -100. */
  readonly ignoreIndex?: number;
}

/**
 * Cross entropy of the labels under softmax(logits): the mean of -log p(label), in nats, over the labels that count.
 * exp of it is the perplexity.
 *
 * No one-hot is made: forward looks one logit up in each row, backward changes one element of each. With V = 50,257
 * the one-hot alone would be as large as the logits. Where no label counts the loss is 0 with no gradient (PyTorch:
 * NaN), so a batch of padding does no harm.
 *
 * @param logits float32 [..., V]
 * @param labels int32 [...], each from 0 to V - 1 or `ignoreIndex`
 * @returns float32 scalar
 * @throws RangeError where shapes do not meet, or naming the first label out of range (a label that cannot be
 * read at once, on WebGPU or in a compiled function, makes the loss NaN instead)
 */
export function crossEntropy(
  logits: tf.Tensor,
  labels: tf.Tensor,
  options: CrossEntropyOptions = {},
): tf.Scalar {
  const { ignoreIndex = -100 } = options;
  expectType("crossEntropy", "logits", logits, "float32");
  expectRank("crossEntropy", "logits", logits, 1);
  expectRank("crossEntropy", "labels", labels, logits.rank - 1, logits.rank - 1);
  labels.shape.forEach((_, axis) =>
    expectSize(
      "crossEntropy",
      "labels",
      labels,
      axis,
      logits.shape[axis] as number,
      `axis ${axis} of logits`,
    ),
  );
  const rows = rowsOf(logits);
  const classes = logits.shape[logits.rank - 1] as number;
  return tf.tidy(() => {
    const { ids, poison } = safeIds("crossEntropy", "labels", labels, classes, ignoreIndex);
    const flat = logits.reshape([rows, classes]); // [N, V]
    const loss = withGradient([flat], () => {
      const counts = tf.notEqual(labels.reshape([rows]), tf.scalar(ignoreIndex, "int32")).cast("float32"); // [N]
      const weights = counts.div(tf.maximum(tf.sum(counts), 1)); // [N], summing to 1
      const indices = rowIndices(ids); // [N, 2]
      const logTotal = logSumExp(flat); // [N, 1]
      const surprise = logTotal.reshape([rows]).sub(tf.gatherND(flat, indices)); // [N], -log p(label)
      // A weight of 0 does not silence an infinite surprise (0 * inf), so ignored rows are cut out before.
      const counted = tf.where(counts.cast("bool"), surprise, tf.zeros([rows]));
      return {
        value: tf.sum(counted.mul(weights)), // []
        save: [flat, logTotal, weights, indices],
        backward: (dy, saved) => [gradient(dy, saved)],
      };
    });
    return (poison ? loss.add(tf.sum(poison)) : loss) as tf.Scalar;
  });
}

/** dL/dx = w (softmax(x) - onehot(label)), with the label's element changed in place of a subtraction. */
function gradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [x, logTotal, weights, indices] = saved as [tf.Tensor2D, tf.Tensor, tf.Tensor, tf.Tensor2D];
  const scale = weights.mul(dy); // [N]
  const share = tf.exp(x.sub(logTotal)).mul(scale.reshape([-1, 1])); // [N, V]
  return tf.tensorScatterUpdate(share, indices, tf.gatherND(share, indices).sub(scale)); // [N, V]
}
