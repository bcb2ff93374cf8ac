/** Learners in context that the lab trains itself: what a forward pass can learn, and where the skill comes from. */

// Linear regression (Garg et al. 2022; Akyürek et al. 2023)
export {
  averaging,
  leastSquares,
  linearBatch,
  linearTasks,
  linearTensors,
  predictions,
  ridge,
  zeroPredictor,
} from "./linear";
export type { LinearPredictor, LinearTask, LinearTaskOptions } from "./linear";
export { errorCurve, initRegression, regression, regressionLoss, regressionPredictions } from "./regression";
export type { RegressionConfig, RegressionParams } from "./regression";

// Induction heads (Olsson et al. 2022)
export { attentionOnly, initAttentionOnly } from "./attentionOnly";
export type { AttentionOnlyConfig, AttentionOnlyParams } from "./attentionOnly";
export { repeatedBatch, repeatedSegments, repeatHeads, repeatLosses } from "./induction";
export type { RepeatedRow, RepeatedSegmentOptions, RepeatLosses } from "./induction";
export { inductionRows, inductionRun } from "./inductionRun";
export type { InductionRecord, InductionRunOptions } from "./inductionRun";

// Meta-learning (Finn et al. 2017)
export { adapt, forTasks, metaGradient } from "./maml";
export type { InnerLoop, MetaBatch, TaskLoss } from "./maml";
export { drawSines, initSine, sineAt, sineLoss, sineNetwork, sinePoints } from "./sine";
export type { Sine, SineParams, SinePoints } from "./sine";
export { adaptationErrors, sineBatch, trainSine } from "./sineRun";
export type { SineRunOptions } from "./sineRun";

// Warm-up for learning in context: supervised (Min et al. 2022) and self-supervised (Chen et al. 2022)
export { BLANK, markToken, PERIOD, plainBatch, taskPairs, taskParts, toyDocument, toyLanguage, toyText, toyVocabSize, topicOf, wordsOfTopic } from "./toyLanguage"; // prettier-ignore
export type { TaskPart, ToySentence } from "./toyLanguage";
export { episodeBatch, labelEpisode, labelTask, metaIclBatch, MOST_SHOTS } from "./metaicl";
export type { Episode, LabelTask } from "./metaicl";
export { ictBatch, ictExample, ictKinds } from "./ict";
export type { IctKind } from "./ict";
export { accuracyByShots, episodeAnswers, toyModel, warmUpRun, warmUps } from "./warmup";
export type { WarmUp, WarmUpOptions } from "./warmup";
