// expect: Numbers i and i \+ D/2 were taken as a pair
import { tf } from "transformer-lab/engine";

export function applyRope(x: tf.Tensor, positions: readonly number[], base = 10000): tf.Tensor {
  return tf.tidy(() => {
    const [time, width] = x.shape;
    const angles = positions.map((m) =>
      Array.from({ length: width / 2 }, (_, i) => m * base ** ((-2 * i) / width)),
    );
    const turn = tf.tensor2d(angles, [time, width / 2]);
    const [cos, sin] = [tf.cos(turn), tf.sin(turn)];
    const a = tf.slice(x, [0, 0], [time, width / 2]);
    const b = tf.slice(x, [0, width / 2], [time, width / 2]);
    const first = tf.sub(tf.mul(a, cos), tf.mul(b, sin));
    const second = tf.add(tf.mul(a, sin), tf.mul(b, cos));
    return tf.concat([first, second], -1);
  });
}
