import { constant, iota } from "../hlo";
import type { Shape, Value } from "../trace";
import { binary } from "../hlo";
import { elementType, rule } from "./registry";

/** Kernels that make a tensor from attributes alone. */

rule<object, { shape: Shape; value: number; dtype?: string }>("Fill", (_, { shape, value, dtype }) =>
  constant(Number(value), shape, elementType[dtype ?? "float32"]!),
);

rule<{ x: Value }>("ZerosLike", ({ x }) => constant(0, x.shape, x.type));
rule<{ x: Value }>("OnesLike", ({ x }) => constant(1, x.shape, x.type));

interface RangeAttrs {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype: string;
}

// Places of tfjs' Range: how many, and which way, is worked out as in its native kernel.
rule<object, RangeAttrs>("Range", (_, { start, stop, step, dtype }) => {
  const type = elementType[dtype]!;
  const stride = stop < start && step === 1 ? -1 : step;
  const n = start === stop || (stop - start) * stride < 0 ? 0 : Math.ceil(Math.abs((stop - start) / stride));
  const all = [n];
  return binary(
    "add",
    constant(start, all, type),
    binary("multiply", iota(all, 0, type), constant(stride, all, type)),
  );
});
