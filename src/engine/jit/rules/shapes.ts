import { tf } from "../../tf";
import { reshape, sizeOf } from "../hlo";
import type { Value } from "../trace";
import { rule } from "./registry";

/** Kernels that move elements and compute nothing. */

rule<{ x: Value }, { shape: number[] }>("Reshape", ({ x }, { shape }) =>
  reshape(x, tf.util.inferFromImplicitShape(shape, sizeOf(x.shape))),
);
