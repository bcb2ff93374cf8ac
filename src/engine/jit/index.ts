/** jit: functions written in tfjs, compiled as a whole. trace (backend, rules) -> StableHLO -> XLA. */
export { jit } from "./jit";
export type { CacheInfo, Jitted, JitOptions } from "./jit";
export { JitError } from "./errors";
export type { Lowered, Port } from "./lowered";
export { whileLoop } from "./loops";
export { scan } from "./scan";
export type { Round } from "./scan";
export { sliceAt, updateAt } from "./dynamic";
export { groupSize, packedMatMul, packedShape, unpack } from "./packed";
export type { PackedCodes } from "./packed";
export type { Precision } from "./trace";
