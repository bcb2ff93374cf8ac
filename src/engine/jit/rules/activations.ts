import { binary, compare, convert, select, unary } from "../hlo";
import type { Value } from "../trace";
import { isNaN, like } from "./elementwise";
import { aligned, rule } from "./registry";

/**
 * Activations, and the one gradient among them that is a kernel of tfjs. NaN goes through all of them; for that, x is
 * the first operand of maximum and minimum (see elementwise.ts).
 */

const positive = (x: Value): Value => compare("GT", x, like(x, 0));
const scaled = (x: Value, by: number): Value => binary("multiply", x, like(x, by));
const relu = (x: Value): Value => binary("maximum", x, like(x, 0));

rule<{ x: Value }>("Relu", ({ x }) => relu(x));
rule<{ x: Value }>("Relu6", ({ x }) => binary("minimum", relu(x), like(x, 6)));
rule<{ x: Value }>("Sigmoid", ({ x }) => unary("logistic", x));

rule<{ x: Value }, { alpha: number }>("LeakyRelu", ({ x }, { alpha }) =>
  select(positive(x), x, scaled(x, alpha)),
);

/** A leaky relu whose slopes below 0 are a tensor. He et al. 2015, equation 1. */
rule<{ x: Value; alpha: Value }>("Prelu", (input) => {
  const type = input.alpha.type === "f32" ? "f32" : input.x.type;
  const [x, alpha] = aligned(convert(input.x, type), convert(input.alpha, type));
  return select(positive(x), x, binary("multiply", x, alpha));
});

/** Clevert et al. 2016, equation 15, with alpha = 1. */
const elu = (x: Value): Value => select(positive(x), x, unary("exponential_minus_one", x));

rule<{ x: Value }>("Elu", ({ x }) => elu(x));

/** From the result y: where y < 0, the derivative exp(x) is y + 1. */
rule<{ dy: Value; y: Value }>("EluGrad", ({ dy, y }) =>
  select(compare("LT", y, like(y, 0)), binary("multiply", dy, binary("add", y, like(y, 1))), dy),
);

/** Klambauer et al. 2017, equation 2; the numbers are those of its equation 14. */
const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

rule<{ x: Value }>("Selu", ({ x }) => {
  const below = scaled(unary("exponential_minus_one", x), seluScale * seluAlpha);
  return select(positive(x), scaled(x, seluScale), below);
});

/** log(1 + exp(x)), in the form where exp cannot overflow. */
rule<{ x: Value }>("Softplus", ({ x }) => {
  const rest = unary("log_plus_one", unary("exponential", unary("negate", unary("abs", x))));
  return binary("add", relu(x), rest);
});

/** 1 above 0, `alpha` from 0 down. */
rule<{ x: Value }, { alpha: number }>("Step", ({ x }, { alpha }) =>
  select(isNaN(x), x, select(positive(x), like(x, 1), like(x, alpha))),
);
