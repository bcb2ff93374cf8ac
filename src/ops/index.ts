/** Layer ops: the one place that knows the gaps of tfjs. Each op has its shapes, source and own gradient. */
export { attention } from "./attention";
export type { AttentionOptions } from "./attention";
export { crossEntropy } from "./cross-entropy";
export type { CrossEntropyOptions } from "./cross-entropy";
export { dropout } from "./dropout";
export { embed } from "./embed";
export { gelu } from "./gelu";
export { geluTanh } from "./gelu-tanh";
export { withGradient } from "./gradient";
export type { WithGradient } from "./gradient";
export { layerNorm } from "./layer-norm";
export { linear, tiedHead } from "./linear";
export { logSoftmax } from "./log-softmax";
export { canPack, isPacked, packedKind, packNumbers, packWeight, unpackWeight, weightShape } from "./packed";
export type { PackedKind, PackedWeight, Quantised, Weight } from "./packed";
export { rmsNorm } from "./rms-norm";
export { softmaxMasked } from "./softmax-masked";
export { takeLast } from "./take";
