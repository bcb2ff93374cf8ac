/** Layer engine: what computes. `tf` itself, the choice of an engine, its report, leaks and random numbers. */
export { tf } from "./tf";
export { available } from "./choose";
export type { Availability, ChooseOptions } from "./choose";
export { measureGflops, report, useEngine } from "./report";
export { engineNames } from "./types";
export type { EngineName, EngineReport } from "./types";
export { assertNoLeaks, countLeaks } from "./leaks";
export type { LeakReport } from "./leaks";
export { fork, integer, makeRng, normal, normalTensor, shuffle, uniform, uniformTensor } from "./rng";
export type { Rng } from "./rng";
export { valuesNow } from "./read";
export { flatten, flattenTensors, isRecord } from "./nested";
export type { Flat, TensorsLike } from "./nested";
export { canCompile } from "./xla";
export { groupSize, packedMatMul, packedShape, unpack } from "./jit";
export type { PackedCodes } from "./jit";
export { jit, JitError, scan, sliceAt, updateAt, whileLoop } from "./jit";
export type { CacheInfo, Jitted, JitOptions, Lowered, Port, Precision, Round } from "./jit";
