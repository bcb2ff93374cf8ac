/** Layer nn: the parts of a transformer. Functions over plain data. */
export { drop, tap, within } from "./context";
export type { Context } from "./context";
export { dense, initDense } from "./dense";
export type { DenseOptions, DenseParams } from "./dense";
export { initNorm, norm } from "./norm";
export type { NormKind, NormParams } from "./norm";
export { residual } from "./residual";
export type { Order } from "./residual";
export { ffn, initFfn, isGated } from "./ffn";
export type { Activation, FfnConfig, FfnParams } from "./ffn";
export { initAttention, joinHeads, multiHeadAttention, shareHeads, splitHeads } from "./attention";
export type { AttentionConfig, AttentionInit, AttentionInput, AttentionParams } from "./attention";
export { emptyCache, openCache } from "./cache";
export type { CacheSize, CacheState, KvCache } from "./cache";

// Positions
export { rope, ropeAngles } from "./positions/rope";
export type { RopeOptions } from "./positions/rope";

// Masks
export {
  alternatingMask,
  blankInfillingMask,
  blockSparseMask,
  both,
  causalMask,
  either,
  fixedMask,
  localMask,
  paddingMask,
  paddingMaskOfIds,
  prefixLmMask,
  stridedMask,
  strideMask,
} from "./masks";
export type { BlockSparse, LocalOptions } from "./masks";
