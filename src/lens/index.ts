/** Layer lens: to see inside a model: named activations, read, replaced, scored. */
export { activationKinds, kindOfActivation } from "./names";
export type { ActivationKind, Names } from "./names";
export { cacheActivations, listActivations } from "./capture";
export type { Captured, ModelRun } from "./capture";
export { edited, meanAblation, patch, steer, zeroAblation } from "./edit";
export type { Edit, Where } from "./edit";
export {
  attentionDistance,
  attentionEntropy,
  duplicateTokenScore,
  firstTokenScore,
  headScores,
  inductionScore,
  previousTokenScore,
} from "./heads";
export type { HeadScores } from "./heads";
export { repeatedTokens } from "./repeats";
export type { RepeatOptions } from "./repeats";
export { logitContributions } from "./attribution";
export type { Contribution, ReadOut } from "./attribution";
