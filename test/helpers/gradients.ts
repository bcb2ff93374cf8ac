import { tf } from "../../src/engine";
import { assertClose } from "./close";
import { valuesOf } from "./engines";

/** An op as a function of the tensors whose gradients are looked at. */
export type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Gradients of sum(op(inputs) * weights), one array of numbers for each input. */
export async function gradientsOf(op: Op, inputs: tf.Tensor[], weights: tf.Tensor): Promise<number[][]> {
  const gradients = tf.tidy(() =>
    tf.grads((...args: tf.Tensor[]) => tf.sum(op(...args).mul(weights)))(inputs),
  );
  const values = await Promise.all(gradients.map(valuesOf));
  tf.dispose(gradients);
  return values;
}

/**
 * Compares gradients with central differences, (f(x + h) - f(x - h)) / 2h, one element at a time. The loss is summed
 * in f64 from the op's f32 outputs, which leaves about 1e-7 / h of rounding and h^2 of truncation.
 */
export async function assertGradient(op: Op, inputs: tf.Tensor[], h = 1e-2, tolerance = 2e-3): Promise<void> {
  const probe = tf.tidy(() => op(...inputs));
  const weights = Float32Array.from({ length: probe.size }, (_, i) => Math.sin(1.7 * i + 0.4));
  const weightTensor = tf.tensor(weights, probe.shape);
  probe.dispose();
  const gradients = await gradientsOf(op, inputs, weightTensor);
  weightTensor.dispose();
  const values = await Promise.all(inputs.map(valuesOf));
  for (let which = 0; which < inputs.length; which++) {
    const differences: number[] = [];
    for (let i = 0; i < values[which].length; i++) {
      const [up, down] = await Promise.all(
        [h, -h].map(async (step) => {
          const moved = values[which].map((v, j) => (j === i ? v + step : v));
          const out = tf.tidy(() =>
            op(...inputs.map((x, j) => (j === which ? tf.tensor(moved, x.shape, "float32") : x))),
          );
          const numbers = await valuesOf(out);
          out.dispose();
          return numbers.reduce((sum, v, j) => sum + v * weights[j], 0);
        }),
      );
      differences.push((up - down) / (2 * h));
    }
    assertClose(gradients[which], differences, `gradient of input ${which}`, {
      relative: tolerance,
      absolute: tolerance,
    });
  }
}
