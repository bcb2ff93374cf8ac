import { tf } from "../engine";
import { expectType } from "./check";
import { withGradient } from "./gradient";

/**
 * GELU, exact: x times the probability that a standard normal number lies below x, x Phi(x).
 * BERT and GPT-J's kin use this form; GPT-2 uses `geluTanh`.
 *
 * Source: Hendrycks and Gimpel 2016, section 2. Phi comes from erf, which native TensorFlow computes to f32's last
 * digits and the other engines by Abramowitz and Stegun 7.1.26 (error below 1.5e-7).
 *
 * @param x float32, any shape
 * @returns float32, the same shape
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  expectType("gelu", "x", x, "float32");
  return withGradient([x], () => ({
    value: x.mul(normalCdf(x)),
    save: [x],
    // d/dx x Phi(x) = Phi(x) + x phi(x)
    backward: (dy, [saved]) => {
      const at = saved as tf.Tensor;
      const density = tf.exp(at.square().mul(-0.5)).mul(1 / Math.sqrt(2 * Math.PI));
      return [dy.mul(normalCdf(at).add(at.mul(density)))];
    },
  }));
}

function normalCdf(x: tf.Tensor): tf.Tensor {
  return tf.erf(x.mul(Math.SQRT1_2)).mul(0.5).add(0.5);
}
