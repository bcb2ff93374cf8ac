/** Layer nn: the parts of a transformer. Functions over plain data. */
export { drop, tap, within } from "./context";
export type { Context } from "./context";
export { dense, initDense } from "./dense";
export type { DenseOptions, DenseParams } from "./dense";
export { initNorm, norm } from "./norm";
export type { NormKind, NormParams } from "./norm";
export { residual } from "./residual";
export type { Order } from "./residual";
export { deepNorm, deepNormPair, scaleDeepNorm } from "./deepnorm";
export type { DeepNorm } from "./deepnorm";
export { ffn, initFfn, isGated } from "./ffn";
export type { Activation, FfnConfig, FfnParams } from "./ffn";
export { initAttention, joinHeads, multiHeadAttention, shareHeads, splitHeads } from "./attention";
export type { AttentionConfig, AttentionInit, AttentionInput, AttentionParams } from "./attention";
export { emptyCache, openCache } from "./cache";
export type { CacheSize, CacheState, KvCache } from "./cache";

// Positions
export { rope, ropeAngles } from "./positions/rope";
export type { RopeOptions } from "./positions/rope";
export { sinusoid, sinusoidTable } from "./positions/sinusoid";
export type { SinusoidOptions } from "./positions/sinusoid";
export { initLearned, learned } from "./positions/learned";
export type { LearnedParams } from "./positions/learned";
export { alibiBias, alibiSlopes } from "./positions/alibi";
export { initRelative, relativeBias, relativeBucket } from "./positions/relative";
export type { RelativeConfig, RelativeParams } from "./positions/relative";
export { glm2d, glmPositions, initGlm2d } from "./positions/glm2d";
export type { Glm2dParams, GlmLayout, GlmPositions, GlmSpan } from "./positions/glm2d";

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
