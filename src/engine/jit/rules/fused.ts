import * as hlo from "../hlo";
import type { Value } from "../trace";
import { aligned, ruleOf } from "./registry";

/** What tfjs' fused kernels do with their sums: a bias and an activation. */

export interface FusedAttrs {
  readonly activation?: "linear" | keyof typeof activations;
  readonly leakyreluAlpha?: number;
}

export interface FusedInputs {
  readonly bias?: Value;
  readonly preluActivationWeights?: Value;
}

/** The kernels of these names mean the same alone. */
const activations = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
} as const;

export function finished(
  sum: Value,
  { bias, preluActivationWeights: alpha }: FusedInputs,
  attrs: FusedAttrs,
): Value {
  const { activation = "linear", leakyreluAlpha = 0.2 } = attrs; // 0.2 is tfjs' own default
  const x = bias ? hlo.binary("add", ...aligned(sum, bias)) : sum;
  if (activation === "linear") return x;
  const meaning = ruleOf(activations[activation])!;
  return meaning(alpha ? { x, alpha } : { x }, { alpha: leakyreluAlpha }) as Value;
}
