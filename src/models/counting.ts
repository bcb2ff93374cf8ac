import { isGated } from "../nn";
import type { Activation, NormKind } from "../nn";

/**
 * How many numbers the parts of a model hold, from sizes alone: nothing is allocated, so that the largest model is
 * counted as fast as the smallest. Symbols: C = dModel, H heads of width D, H_kv heads of keys and values, F = dFfn.
 */
export interface PartCount {
  /** What it is, "attention". */
  readonly part: string;
  /** The formula for one, "4 C² + 4 C". */
  readonly formula: string;
  /** Parameters of one. */
  readonly each: number;
  /** How many there are. */
  readonly times: number;
}

/** All parameters of all parts. */
export const totalCount = (parts: readonly PartCount[]): number =>
  parts.reduce((sum, { each, times }) => sum + each * times, 0);

/** What attention's weights depend on. */
export interface AttentionSizes {
  readonly dModel: number;
  readonly nHead: number;
  readonly nKvHead?: number | undefined;
  readonly headDim?: number | undefined;
}

/** Queries, keys, values and output: C H D + 2 C H_kv D + H D C, and a bias for each column. */
export function attentionCount(
  sizes: AttentionSizes,
  bias: boolean,
  times: number,
  name = "attention",
): PartCount {
  const { dModel, nHead, nKvHead = nHead, headDim = dModel / nHead } = sizes;
  const [queries, keys] = [nHead * headDim, nKvHead * headDim];
  const weights = 2 * dModel * queries + 2 * dModel * keys;
  const square = queries === dModel && keys === dModel;
  const plain = square ? "4 C²" : "2 C H D + 2 C H_kv D";
  const added = square ? "4 C" : "H D + 2 H_kv D + C";
  return {
    part: name,
    formula: bias ? `${plain} + ${added}` : plain,
    each: weights + (bias ? queries + 2 * keys + dModel : 0),
    times,
  };
}

/** Two layers, three with a gate: 2 C F or 3 C F, and biases. */
export function ffnCount(
  { dModel, dFfn, activation }: { dModel: number; dFfn: number; activation: Activation },
  bias: boolean,
  times: number,
  name = "feed-forward",
): PartCount {
  const wide = isGated(activation) ? 2 : 1;
  const biases = bias ? wide * dFfn + dModel : 0;
  const formula = `${wide + 1} C F${bias ? ` + ${wide === 2 ? "2 " : ""}F + C` : ""}`;
  return { part: name, formula, each: (wide + 1) * dModel * dFfn + biases, times };
}

/** Gain and bias of LayerNorm, the gain alone of RMSNorm. */
export const normCount = (kind: NormKind, dModel: number, times: number, name = "norms"): PartCount => ({
  part: name,
  formula: kind === "layer" ? "2 C" : "C",
  each: kind === "layer" ? 2 * dModel : dModel,
  times,
});

/** A table, such as that of the tokens: rows times width. */
export const tableCount = (name: string, formula: string, rows: number, width: number): PartCount => ({
  part: name,
  formula,
  each: rows * width,
  times: 1,
});

/** A dense layer with a bias. */
export const denseCount = (name: string, formula: string, inputs: number, outputs: number): PartCount => ({
  part: name,
  formula,
  each: inputs * outputs + outputs,
  times: 1,
});
