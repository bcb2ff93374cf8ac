// expect: Sine and cosine are swapped
import { tf } from "transformer-lab/engine";

export function sinusoids(length: number, width: number): tf.Tensor {
  const numbers: number[] = [];
  for (let pos = 0; pos < length; pos++) {
    for (let c = 0; c < width; c++) {
      const angle = pos / 10000 ** ((2 * Math.floor(c / 2)) / width);
      numbers.push(c % 2 === 1 ? Math.sin(angle) : Math.cos(angle));
    }
  }
  return tf.tensor2d(numbers, [length, width]);
}
