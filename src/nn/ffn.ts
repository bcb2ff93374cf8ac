import { fork, tf } from "../engine";
import type { Rng } from "../engine";
import { gelu, geluTanh } from "../ops";
import type { Weight } from "../ops";
import { drop, tap } from "./context";
import type { Context } from "./context";
import { dense, initDense } from "./dense";
import type { DenseParams } from "./dense";

/** The feed-forward part: each place by itself, to a wider layer and back. With a gate, its wide layer is a product. */
export interface FfnParams<W extends Weight = tf.Tensor> {
  /** [C, F] */
  readonly up: DenseParams<W>;
  /** [C, F] of GLU variants */
  readonly gate?: DenseParams<W>;
  /** [F, C] */
  readonly down: DenseParams<W>;
}

/**
 * What stands between the two layers.
 * - "relu" (Vaswani 2017), "gelu" (BERT), "geluTanh" (GPT)
 * - "geglu", "gegluTanh", "swiglu": activation(x gate) * (x up) (Shazeer 2020, equation 6); T5 1.1, LLaMA
 */
export type Activation = "relu" | "gelu" | "geluTanh" | "geglu" | "gegluTanh" | "swiglu";

const silu = (x: tf.Tensor): tf.Tensor => x.mul(tf.sigmoid(x));
const curves: Readonly<Record<Activation, (x: tf.Tensor) => tf.Tensor>> = {
  relu: tf.relu,
  gelu,
  geluTanh,
  geglu: gelu,
  gegluTanh: geluTanh,
  swiglu: silu,
};

/** Whether the activation needs a gate. */
export const isGated = (activation: Activation): boolean =>
  activation.endsWith("glu") || activation === "gegluTanh";

export interface FfnConfig {
  readonly dModel: number;
  readonly dFfn: number;
  readonly activation: Activation;
  readonly bias: boolean;
  /** Deviation of the first weights. */
  readonly deviation: number;
  /** That of the last layer, which adds to the residual stream; as the others without it. */
  readonly outDeviation?: number;
}

export function initFfn(rng: Rng, config: FfnConfig): FfnParams {
  const { dModel, dFfn, activation, bias, deviation, outDeviation = deviation } = config;
  const wide = (name: string): DenseParams => initDense(fork(rng, name), dModel, dFfn, { deviation, bias });
  const down = initDense(fork(rng, "down"), dFfn, dModel, { deviation: outDeviation, bias });
  return { up: wide("up"), ...(isGated(activation) ? { gate: wide("gate") } : {}), down };
}

/**
 * down(activation(up(x))), or down(activation(gate(x)) * up(x)).
 *
 * Shows `hidden` [B, T, F], what the second layer reads, and `out` [B, T, C].
 * @param x float32 [B, T, C]
 * @param rate dropout of the result
 * @throws Error where the activation needs a gate and there is none, or the other way round
 */
export function ffn(
  params: FfnParams<Weight>,
  x: tf.Tensor,
  activation: Activation,
  ctx: Context = {},
  rate = 0,
): tf.Tensor {
  if (isGated(activation) !== (params.gate !== undefined))
    throw new Error(
      `ffn: ${activation} ${params.gate ? "has no gate, these parameters do" : "needs a gate"}`,
    );
  const up = dense(params.up, x); // [B, T, F]
  const curve = curves[activation];
  const wide = params.gate ? curve(dense(params.gate, x)).mul(up) : curve(up); // [B, T, F]
  const out = dense(params.down, tap(ctx, "hidden", wide)); // [B, T, C]
  return drop(ctx, tap(ctx, "out", out), rate, "out");
}
