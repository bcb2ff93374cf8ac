// expect: the best score of all
import { tf } from "transformer-lab/engine";

export function alibiBias(slopes: readonly number[], length: number): tf.Tensor {
  const numbers: number[] = [];
  for (const slope of slopes) {
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) numbers.push(j <= i ? -slope * (i - j) : 0);
    }
  }
  return tf.tensor3d(numbers, [slopes.length, length, length]);
}
