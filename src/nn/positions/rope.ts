import { tf, valuesNow } from "../../engine";

/**
 * Rotary positions, RoPE (Su et al. 2021, section 3.2): each pair of numbers of a query or key is a point in a plane,
 * and is turned by an angle that grows with its position m: m theta_i, with theta_i = base^(-2 i / D). A score of two
 * turned vectors depends on how far their positions are apart and on nothing else (equation 16).
 */
export interface RopeOptions {
  /** base of the frequencies: 10000 in the paper and LLaMA, 100000 in SmolLM2. */
  readonly theta?: number;
  /**
   * Which numbers are a pair. "neighbours": 0 and 1, 2 and 3, as in the paper. "halves": i and i + D / 2, as in
   * GPT-NeoX and all of Hugging Face's LLaMA. One is the other with its columns in another order.
   */
  readonly pairs?: "halves" | "neighbours";
  /** How many of the D numbers are turned, the first ones; all without it. Even. */
  readonly dims?: number;
}

/**
 * Turns x by its positions.
 *
 * @param x float32 [B, H, T, D]
 * @param positions int32 [T], or [B, T] where sequences differ
 * @returns float32 [B, H, T, D]
 * @throws RangeError for an odd number of dimensions
 */
export function rope(x: tf.Tensor, positions: tf.Tensor, options: RopeOptions = {}): tf.Tensor {
  const [batch, , time, headDim] = x.shape as [number, number, number, number];
  const { theta = 10000, pairs = "halves", dims = headDim } = options;
  if (dims % 2 !== 0 || dims > headDim || dims <= 0)
    throw new RangeError(`rope: an even number of dimensions up to ${headDim} is turned, got ${dims}`);
  if (positions.shape[positions.rank - 1] !== time || positions.rank > 2)
    throw new RangeError(
      `rope: positions must be [${time}] or [${batch}, ${time}], got [${positions.shape.join(", ")}]`,
    );
  const { cos, sin } = turnsOf(positions, dims, theta); // [T, D/2] or [B, 1, T, D/2]
  const turned = cut(x, 0, dims);
  const [a, b] = pairs === "halves" ? halves(turned) : neighbours(turned);
  const first = a.mul(cos).sub(b.mul(sin)); // [B, H, T, D/2]
  const second = b.mul(cos).add(a.mul(sin)); // [B, H, T, D/2]
  const together =
    pairs === "halves"
      ? tf.concat([first, second], -1) // [B, H, T, D]
      : tf.stack([first, second], -1).reshape(turned.shape); // [B, H, T, D/2, 2] to [B, H, T, D]
  return dims === headDim ? together : tf.concat([together, cut(x, dims, headDim)], -1);
}

/**
 * Cosine and sine of all angles, the same for all heads. Where positions are known now they are computed in 64 bits: a
 * graphics card may be wrong in the fourth digit of a cosine (WGSL promises no more).
 */
function turnsOf(positions: tf.Tensor, dims: number, theta: number): { cos: tf.Tensor; sin: tf.Tensor } {
  const shape = [...positions.shape, dims / 2];
  if (shape.length === 3) shape.splice(1, 0, 1); // [B, 1, T, D/2]
  const known = valuesNow(positions);
  if (!known) {
    const angles = ropeAngles(positions, dims, theta).reshape(shape);
    return { cos: tf.cos(angles), sin: tf.sin(angles) };
  }
  const frequencies = ropeFrequencies(dims, theta);
  const table = (curve: (angle: number) => number): tf.Tensor => {
    const values = Float32Array.from({ length: known.length * frequencies.length }, (_, at) => {
      const i = at % frequencies.length;
      return curve((known[(at - i) / frequencies.length] as number) * (frequencies[i] as number));
    });
    return tf.tensor(values, shape);
  };
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

/** theta_i = base^(-2 i / D). */
const ropeFrequencies = (dims: number, theta: number): number[] =>
  Array.from({ length: dims / 2 }, (_, i) => theta ** ((-2 * i) / dims));

/** The angles m theta_i: float32 [..., D/2] for positions [...]. */
export function ropeAngles(positions: tf.Tensor, dims: number, theta = 10000): tf.Tensor {
  return positions
    .cast("float32")
    .expandDims(-1)
    .mul(tf.tensor1d(ropeFrequencies(dims, theta))); // [..., D/2]
}

function cut(x: tf.Tensor, from: number, to: number): tf.Tensor {
  if (from === 0 && to === x.shape[3]) return x;
  return x.slice([0, 0, 0, from], [...x.shape.slice(0, 3), to - from]);
}

function halves(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const half = (x.shape[3] as number) / 2;
  return [cut(x, 0, half), cut(x, half, 2 * half)];
}

function neighbours(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const [batch, heads, time, dims] = x.shape as [number, number, number, number];
  const rows = x.reshape([batch * heads * time, dims / 2, 2]);
  const one = (i: number): tf.Tensor =>
    rows.slice([0, 0, i], [-1, -1, 1]).reshape([batch, heads, time, dims / 2]); // [B, H, T, D/2]
  return [one(0), one(1)];
}
