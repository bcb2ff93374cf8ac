import { tf } from "../engine";
import { expectType } from "./check";
import { withGradient } from "./gradient";

const rate = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/**
 * GELU by its tanh approximation, 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): GPT-2's activation. It differs
 * from the exact form by up to 5e-4, enough to matter with borrowed weights.
 *
 * Source: Hendrycks and Gimpel 2016, section 2.
 *
 * @param x float32, any shape
 * @returns float32, the same shape
 */
export function geluTanh(x: tf.Tensor): tf.Tensor {
  expectType("geluTanh", "x", x, "float32");
  return withGradient([x], () => {
    const t = tf.tanh(
      x.mul(
        x
          .square()
          .mul(rate * cubic)
          .add(rate),
      ),
    );
    return {
      value: x.mul(t.mul(0.5).add(0.5)),
      save: [x, t],
      // 0.5 (1 + t) + 0.5 x (1 - t^2) sqrt(2 / pi) (1 + 3 * 0.044715 x^2)
      backward: (dy, saved) => {
        const [at, tanh] = saved as [tf.Tensor, tf.Tensor];
        const inner = at
          .square()
          .mul(3 * rate * cubic)
          .add(rate);
        const slope = at.mul(tanh.square().mul(-0.5).add(0.5)).mul(inner);
        return [dy.mul(tanh.mul(0.5).add(0.5).add(slope))];
      },
    };
  });
}
