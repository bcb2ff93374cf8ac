import { binary, chlo, compare, constant, select, unary } from "../hlo";
import type { Value } from "../trace";
import { isNaN } from "./compare";
import { like } from "./elementwise";
import { aligned, rule } from "./registry";

/** Activations, and the gradients that tfjs has a kernel for. */

const relu = (x: Value): Value => binary("maximum", x, like(x, 0));

rule<{ x: Value }>("Relu", ({ x }) => relu(x));
rule<{ x: Value }>("Relu6", ({ x }) => binary("minimum", relu(x), like(x, 6)));
rule<{ x: Value }>("Sigmoid", ({ x }) => unary("logistic", x));

rule<{ x: Value }, { alpha: number }>("Step", ({ x }, { alpha }) =>
  select(isNaN(x), x, select(compare("GT", x, like(x, 0)), like(x, 1), like(x, alpha))),
);
void chlo;
void constant;
void aligned;
