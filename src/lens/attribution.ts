import { tf } from "../engine";
import type { NormParams } from "../nn";

export interface Contribution {
  /** The activation that was added to the residual stream, or "bias" for that of the last norm. */
  readonly part: string;
  readonly value: number;
}

export interface ReadOut {
  /** The last norm of the model. */
  readonly norm: NormParams;
  /** That of the model's configuration: 1e-5 without it. */
  readonly epsilon?: number;
  /** float32 [C]: a column of the head, the score of one token; or the difference of two columns. */
  readonly direction: tf.Tensor;
  /** Which place of the text; the last one without it. */
  readonly position?: number;
}

const writers = /^(embed|positions|blocks\.\d+\.(attn|ffn)\.out)$/;

/**
 * Direct logit attribution (Elhage 2021, "the residual stream"; Wang 2023, section 3): what each part of a model that
 * norms before its parts ("pre": GPT-2, LLaMA) adds to a token's score. The residual stream is a sum, and the head is
 * linear but for the size by which the last norm divides. With that size held as it was, the score is the sum of the
 * parts' contributions.
 *
 * @param activations of one text, B = 1: `embed`, `positions` where there are some, and all `attn.out` and `ffn.out`
 * @returns in the order of the model; they add up to direction . norm(stream)
 * @throws Error where the activations lack a part, RangeError for more than one text or a place that is not there
 */
export async function logitContributions(
  activations: Readonly<Record<string, tf.Tensor>>,
  { norm, epsilon = 1e-5, direction, position }: ReadOut,
): Promise<Contribution[]> {
  const parts = Object.entries(activations).filter(([name]) => writers.test(name));
  checkParts(parts.map(([name]) => name));
  const shape = parts.find(([name]) => name === "embed")![1].shape as [number, number, number];
  const [batch, time, width] = shape;
  const place = position ?? time - 1;
  if (batch !== 1) throw new RangeError(`logitContributions: one text at a time, got ${batch}`);
  if (!Number.isInteger(place) || place < 0 || place >= time)
    throw new RangeError(`logitContributions: there is no place ${place} among ${time}`);
  const values = tf.tidy(() => {
    const rows = parts.map(([, value]) => value.reshape([time, width]).slice([place, 0], [1, width])); // [1, C]
    const terms = tf.concat(rows); // [parts, C]
    const centred = norm.bias ? terms.sub(terms.mean(1, true)) : terms; // LayerNorm takes the mean away, part by part
    const stream = centred.sum(0); // [C]
    const size = stream.square().mean().add(epsilon).sqrt();
    const read = norm.gain.mul(direction).div(size).reshape([width, 1]); // [C, 1]
    const each = centred.matMul(read).reshape([parts.length]);
    return norm.bias ? tf.concat([each, norm.bias.mul(direction).sum().reshape([1])]) : each;
  });
  const numbers = await values.data();
  values.dispose();
  const names = [...parts.map(([name]) => name), ...(norm.bias ? ["bias"] : [])];
  return names.map((part, i) => ({ part, value: numbers[i] as number }));
}

/** A part that is missing would be a sum that is wrong. */
function checkParts(names: readonly string[]): void {
  const layers = Math.max(0, ...names.map((name) => Number(/^blocks\.(\d+)/.exec(name)?.[1] ?? -1) + 1));
  const wanted = Array.from({ length: layers }, (_, i) => [`blocks.${i}.attn.out`, `blocks.${i}.ffn.out`]);
  const missing = ["embed", ...wanted.flat()].find((name) => !names.includes(name));
  if (missing) throw new Error(`logitContributions: the activations lack ${missing}`);
}
