import { tf } from "../engine";

/** An op's forward pass with what its own backward pass needs. */
export interface WithGradient {
  readonly value: tf.Tensor;
  /** Tensors for the backward pass; nothing is kept when no gradient is being taken. */
  readonly save: tf.Tensor[];
  /** From the gradient of the value to that of each input, in order. */
  readonly backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

/**
 * Runs an op with a hand-written gradient. Intermediate tensors of both passes are disposed. First order only:
 * saved tensors are constants to a second derivative.
 */
export function withGradient(inputs: tf.Tensor[], forward: () => WithGradient): tf.Tensor {
  const op = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const { value, save, backward } = forward();
    (args[args.length - 1] as tf.GradSaveFunc)(save);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => backward(dy, saved)) };
  });
  return op(...inputs);
}
