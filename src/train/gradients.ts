import { flattenTensors, tf } from "../engine";

/**
 * The loss of nested parameters and its gradient with respect to each of them, nested in the same way: what one
 * step of training needs.
 *
 * @param loss from parameters to a float32 scalar; every parameter must take part in it
 * @param params nested arrays and records of float32 tensors
 * @returns new tensors, which the caller disposes
 * @throws TypeError that names a parameter that is no float32 tensor; Error where one takes no part in the loss
 */
export function valueAndGradients<P>(
  loss: (params: P) => tf.Scalar,
  params: P,
): { value: tf.Scalar; gradients: P } {
  const tree = flattenTensors(params);
  tree.leaves.forEach(({ dtype }, i) => {
    if (dtype !== "float32")
      throw new TypeError(`valueAndGradients: "${tree.names[i]}" must be float32, got ${dtype}`);
  });
  const flatLoss = (...leaves: tf.Tensor[]) => loss(tree.rebuild(leaves) as P);
  const { value, grads } = tf.valueAndGrads(flatLoss)(tree.leaves);
  return { value: value as tf.Scalar, gradients: tree.rebuild(grads) as P };
}
