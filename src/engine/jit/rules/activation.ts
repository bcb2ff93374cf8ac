import * as hlo from "../hlo";
import type { Value } from "../trace";

/** What tfjs' fused kernels apply to their sums. */
export interface ActivationAttrs {
  readonly activation?: "linear" | "relu" | "relu6" | "elu" | "prelu" | "leakyrelu" | "sigmoid";
  readonly leakyreluAlpha?: number;
}

export function activated(x: Value, attrs: ActivationAttrs, preluWeights?: Value): Value {
  const zero = hlo.constant(0, x.shape, x.type);
  const where0 = (negative: Value): Value => hlo.select(hlo.compare("GT", x, zero), x, negative);
  switch (attrs.activation) {
    case undefined:
    case "linear":
      return x;
    case "relu":
      return hlo.binary("maximum", x, zero);
    case "relu6":
      return hlo.binary("minimum", hlo.binary("maximum", x, zero), hlo.constant(6, x.shape, x.type));
    case "elu":
      return where0(hlo.unary("exponential_minus_one", x));
    case "sigmoid":
      return hlo.unary("logistic", x);
    case "leakyrelu":
      // 0.2 is tfjs' own default.
      return where0(hlo.binary("multiply", x, hlo.constant(attrs.leakyreluAlpha ?? 0.2, x.shape, x.type)));
    case "prelu":
      return where0(hlo.binary("multiply", x, hlo.broadcast(preluWeights!, x.shape)));
  }
}
