import { tf } from "../../engine";

/**
 * Sinusoids (Vaswani et al. 2017, section 3.5): place `pos` gets waves of many lengths, from 2 pi to 10000 * 2 pi,
 *
 *     PE(pos, 2 i) = sin(pos / 10000^(2 i / C))        PE(pos, 2 i + 1) = cos(pos / 10000^(2 i / C))
 *
 * Nothing is learned, and there is no last place. PE(pos + k) is a rotation of PE(pos) by k: the idea that RoPE grew from.
 */
export interface SinusoidOptions {
  /** 10000 in the paper. */
  readonly base?: number;
  /**
   * "neighbours": sine and cosine of one wave side by side, as in the paper. "halves": all sines, then all cosines, as
   * in the authors' own code (tensor2tensor) and Hugging Face's Marian and BART-like models.
   */
  readonly pairs?: "halves" | "neighbours";
}

/**
 * The rows of the places 0 .. length - 1: each number is right to float32's last digit.
 *
 * @param width C, even
 * @returns float32 [T, C]
 * @throws RangeError for a width that is not even and positive, or a length below 0
 */
export function sinusoidTable(length: number, width: number, options: SinusoidOptions = {}): tf.Tensor2D {
  const waves = frequencies(width, options);
  if (!Number.isInteger(length) || length < 0)
    throw new RangeError(`sinusoid: the length must be a whole number from 0, got ${length}`);
  const rows = new Float32Array(length * width);
  for (let pos = 0; pos < length; pos++) {
    waves.forEach((frequency, i) => {
      const [sine, cosine] = options.pairs === "halves" ? [i, i + waves.length] : [2 * i, 2 * i + 1];
      rows[pos * width + sine] = Math.sin(pos * frequency);
      rows[pos * width + cosine] = Math.cos(pos * frequency);
    });
  }
  return tf.tensor2d(rows, [length, width]); // [T, C]
}

/**
 * The rows of any positions, computed by the engine: for positions that only it knows (a cache, compiled functions).
 * Angles are float32, so at position p they are right to about p / 10^7.
 *
 * @param positions int32 [...]
 * @returns float32 [..., C]
 * @throws as `sinusoidTable`
 */
export function sinusoid(positions: tf.Tensor, width: number, options: SinusoidOptions = {}): tf.Tensor {
  const waves = frequencies(width, options);
  return tf.tidy(() => {
    const angles = positions.cast("float32").expandDims(-1).mul(tf.tensor1d(waves)); // [..., C/2]
    const both = [tf.sin(angles), tf.cos(angles)];
    if (options.pairs === "halves") return tf.concat(both, -1); // [..., C]
    return tf.stack(both, -1).reshape([...positions.shape, width]); // [..., C/2, 2] to [..., C]
  });
}

/** 1 / 10000^(2 i / C) for each pair i. */
function frequencies(width: number, { base = 10000 }: SinusoidOptions): number[] {
  if (!Number.isInteger(width) || width <= 0 || width % 2 !== 0)
    throw new RangeError(
      `sinusoid: each wave is a sine and a cosine, so the width must be even, got ${width}`,
    );
  return Array.from({ length: width / 2 }, (_, i) => base ** ((-2 * i) / width));
}
