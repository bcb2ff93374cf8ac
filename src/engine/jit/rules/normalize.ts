import { binary, broadcast, unary } from "../hlo";
import type { Value } from "../trace";
import { like } from "./elementwise";
import { rule } from "./registry";

interface BatchNorm {
  readonly x: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly offset?: Value;
  readonly scale?: Value;
}

/** Batch norm with given mean and variance, of one channel each or of x' shape. Ioffe and Szegedy 2015, algorithm 2. */
rule<BatchNorm, { varianceEpsilon: number }>("FusedBatchNorm", (input, { varianceEpsilon }) => {
  const { x, mean, variance, offset, scale } = input;
  const deviation = unary("rsqrt", binary("add", variance, like(variance, varianceEpsilon)));
  const factor = scale ? binary("multiply", deviation, broadcast(scale, deviation.shape)) : deviation;
  const normal = binary(
    "multiply",
    binary("subtract", x, broadcast(mean, x.shape)),
    broadcast(factor, x.shape),
  );
  return offset ? binary("add", normal, broadcast(offset, x.shape)) : normal;
});
