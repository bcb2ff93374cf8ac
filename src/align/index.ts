/** Layer align: from a model that writes to one that writes what is wanted. SFT, a reward model, PPO; and what came after. */
export { writtenBatch, writtenRows } from "./rows";
export type { Written, WrittenRows } from "./rows";
export { tokenLogProbs, tokenLogProbsAndEntropy } from "./policy";
export type { Policy } from "./policy";
export { upperBlocks } from "./upper";
export type { UpperBlocks } from "./upper";

// Demonstrations
export { sftLoss, trainSft } from "./sft";
export type { SftTraining } from "./sft";

// What people prefer: rankings and their files, how far labellers agree, what a rule that reads nothing is worth
export { checkRanking, comparedFrom, comparedOf, comparisonsOf, pairsOf, rankingsFrom } from "./ranking";
export type { Compared, Comparison, PreferencePair, Ranking } from "./ranking";
export { formatPreferenceFile, formatRanking, parsePreferenceFile, parsePreferenceLine } from "./preferenceFile"; // prettier-ignore
export type { Message, PreferenceFile, PreferenceFileOptions, SkippedLine } from "./preferenceFile";
export { cohenKappa, comparedByMajority, fleissKappa, majorityLabel, rawAgreement, softLabel, votesOf } from "./agreement"; // prettier-ignore
export { accuracyByPrompt, coinWins, decidedPairs, humanCeiling, longerWins, ruleAccuracy, shorterWins } from "./baselines"; // prettier-ignore
export type { Person, Rule } from "./baselines";
export { labelRanks } from "./labellers";
export { PREFERENCE_LENGTH, preferenceIds } from "./preferenceIds";

// The reward model
export { fewerAnswers, initReward, placeScores, rankedAnswers, rankingBatch, rankingLoss, rewardLoss, rewards, shiftReward, splitPairs } from "./reward"; // prettier-ignore
export type { ComparedAnswers, RankingBatch, RewardParams } from "./reward";
export { openReward } from "./openReward";
export type { SavedReward } from "./openReward";
export { headScores, trainRewardHead } from "./rewardHead";
export type { ComparedStates, RewardHeadOptions } from "./rewardHead";
export { rewardStep, trainReward } from "./rewardTraining";
export type { RewardTraining } from "./rewardTraining";
export { comparedScores, pairAccuracy, rewardCalibration, rewardJudge } from "./judge";
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

// Without reinforcement learning
export { bestOfN, bestOfNKl } from "./bestOfN";
export { answerLogProbs, dpoLoss, dpoPairs, marginLoss } from "./dpo";
export type { DpoBatch, IdPair } from "./dpo";

// How far it went
export { fitBestOfNLaw, fitRlLaw } from "./overoptimisation";
export type { OveroptimisationLaw, ProxyPoint } from "./overoptimisation";
export { winRate } from "./winRate";
export type { WinRate } from "./winRate";

// The controlled task: tales with a known gold reward
export { drawTales, labelTales, TALE_ANSWER, TALE_LENGTH, TALE_PROMPT, taleLabellers, taleUtility, taleWorld } from "./tales"; // prettier-ignore
export type { TaleAnswers, TaleLabeller, TaleWorld } from "./tales";

// All of it as a recipe (files: transformer-lab/align/node)
export { parseRlhf, parseRlhfResult, rlhfStages } from "./recipe";
export type { RlhfRecipe, RlhfResult, RlhfStage } from "./recipe";
