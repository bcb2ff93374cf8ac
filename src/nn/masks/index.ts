/** Masks of attention: true where looking is allowed. */
export { both, causalMask, either, paddingMask, paddingMaskOfIds } from "./basic";
export { blankInfillingMask, prefixLmMask } from "./prefix";
export { alternatingMask, blockSparseMask, fixedMask, localMask, stridedMask, strideMask } from "./sparse";
export type { BlockSparse, LocalOptions } from "./sparse";
