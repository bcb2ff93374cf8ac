/** Layer align: from a model that writes to one that writes what is wanted. SFT, a reward model, PPO; and what replaced it. */
export { writtenBatch, writtenRows } from "./rows";
export type { Written, WrittenRows } from "./rows";
export { tokenLogProbs, tokenLogProbsAndEntropy } from "./policy";
export type { Policy } from "./policy";

// The reward model
export { fewerAnswers, initReward, placeScores, rankingBatch, rankingLoss, rewardLoss, rewards, shiftReward, splitPairs } from "./reward"; // prettier-ignore
export type { RankedAnswers, RankingBatch, RewardParams } from "./reward";
export { pairAccuracy, rewardCalibration, rewardJudge } from "./judge";
export type { CalibrationBin, RewardJudge } from "./judge";

// PPO
export { rollout } from "./rollout";
export type { Drawn, RolloutOptions } from "./rollout";
export { gae, shapedRewards, whitened } from "./advantages";
export type { Advantages } from "./advantages";
export { clippedLoss, ppoLoss, valueLoss } from "./ppoLoss";
export type { PpoBatch, PpoCoefficients, PpoParams } from "./ppoLoss";
export { ppo } from "./ppo";
export type { PpoConfig, PpoRecord } from "./ppoConfig";
export { PpoError } from "./ppoError";
