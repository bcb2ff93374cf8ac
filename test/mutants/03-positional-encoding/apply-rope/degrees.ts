// expect: in degrees
import { tf } from "transformer-lab/engine";

export function applyRope(x: tf.Tensor, positions: readonly number[], base = 10000): tf.Tensor {
  return tf.tidy(() => {
    const [time, width] = x.shape;
    const angles = positions.map((m) =>
      Array.from({ length: width / 2 }, (_, i) => (m * base ** ((-2 * i) / width) * Math.PI) / 180),
    );
    const turn = tf.tensor2d(angles, [time, width / 2]);
    const [cos, sin] = [tf.cos(turn), tf.sin(turn)];
    const pairs = tf.reshape(x, [time, width / 2, 2]);
    const a = tf.reshape(tf.slice(pairs, [0, 0, 0], [time, width / 2, 1]), [time, width / 2]);
    const b = tf.reshape(tf.slice(pairs, [0, 0, 1], [time, width / 2, 1]), [time, width / 2]);
    const first = tf.sub(tf.mul(a, cos), tf.mul(b, sin));
    const second = tf.add(tf.mul(a, sin), tf.mul(b, cos));
    return tf.reshape(tf.stack([first, second], -1), [time, width]);
  });
}
