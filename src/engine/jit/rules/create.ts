import { JitError } from "../errors";
import { binary, concatenate, constant, iota, slice } from "../hlo";
import { theTrace } from "../trace";
import type { Shape, Value } from "../trace";
import { like } from "./elementwise";
import { elementType, rule } from "./registry";

/** Kernels that make a tensor from attributes alone. */

rule<object, { shape: Shape; value: number; dtype?: string }>("Fill", (_, { shape, value, dtype }) =>
  constant(Number(value), shape, elementType[dtype ?? "float32"]!),
);

rule<{ x: Value }>("ZerosLike", ({ x }) => like(x, 0));
rule<{ x: Value }>("OnesLike", ({ x }) => like(x, 1));

/** start, start + step, ... : n numbers. */
function count(start: number, step: number, n: number, dtype: string): Value {
  const places = iota([n], 0, elementType[dtype]!);
  return binary("add", like(places, start), binary("multiply", places, like(places, step)));
}

interface RangeAttrs {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype: string;
}

rule<object, RangeAttrs>("Range", (_, { start, stop, step, dtype }) => {
  // As tfjs: a range that goes down needs no step.
  const stride = stop < start && step === 1 ? -1 : step;
  const wrongWay = start === stop || stop > start !== stride > 0;
  // As TensorFlow: the length is worked out in the tensor's own type (0.3 / 0.1 is 3 in f32, and less in f64).
  const own = dtype === "float32" ? Math.fround : Math.trunc;
  const steps = own(own(stop) - own(start)) / own(stride);
  const n = wrongWay ? 0 : Math.ceil(Math.abs(dtype === "float32" ? Math.fround(steps) : steps));
  return count(start, stride, n, dtype);
});

rule<object, { start: number; stop: number; num: number }>("LinSpace", (_, { start, stop, num }) => {
  if (num === 1) return constant(start, [1]);
  const all = count(start, (stop - start) / (num - 1), num, "float32");
  return concatenate([slice(all, [0], [num - 1]), constant(stop, [1])], 0);
});

rule("Multinomial", () => {
  throw new JitError(
    `jit(${theTrace().name}): tf.multinomial takes its numbers from TensorFlow's own generator, which a compiled ` +
      "program does not have. Cure: tf.argMax(tf.sub(logits, tf.log(tf.neg(tf.log(uniformTensor(rng, logits.shape))))), " +
      "-1), which draws by the Gumbel-max trick with a generator of makeRng(seed)",
  );
});
