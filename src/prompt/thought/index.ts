/** Chains of thought: what is asked so that a model thinks aloud, and what is made of several thoughts. */
export { writeMany, writeOne } from "./write";
export type { Write, WriteOptions } from "./write";
export { decoderWriter } from "./writer";
export type { DecoderWriterOptions, WriteEach } from "./writer";
export { sharedWriter } from "./shared-writer";
export type { SharedWriter, SharedWriterOptions } from "./shared-writer";
export { cachedWrite } from "./cached-write";
export type { CachedWrite } from "./cached-write";
export { answerNumber, numbersIn } from "./answers";
export type { AnswerOptions } from "./answers";

// One chain: Kojima et al. 2022, Wei et al. 2022, Zhang et al. 2022
export { questionPrompt, STEP_BY_STEP, THEREFORE, zeroShotAnswer, zeroShotThought } from "./zero-shot";
export type { ZeroShotOptions, ZeroShotThought } from "./zero-shot";
export { exemplarAnswer, exemplarForms, fewShotPrompt, wrongNumber } from "./few-shot";
export type { Exemplar, ExemplarForm } from "./few-shot";
export { autoCot } from "./auto-cot";
export type { AutoCotCluster, AutoCotOptions, AutoCotTry, Refusal } from "./auto-cot";
export { kMeans } from "./kmeans";
export type { KMeans, KMeansOptions } from "./kmeans";

// Several: Wang et al. 2022, Yao et al. 2023
export { selfConsistency, vote, votesCurve } from "./self-consistency";
export type { CurveOptions, CurvePoint, SampledAnswers, SelfConsistencyOptions, VoteOptions, Votes } from "./self-consistency"; // prettier-ignore
export { breadthFirst, depthFirst } from "./tree";
export type { BreadthFirstOptions, DepthFirstOptions, Fate, ThoughtNode, ThoughtTask, ThoughtTree } from "./tree"; // prettier-ignore
export { exactGame24, modelGame24, proposePrompt, readMoves, readVerdict, verifyPrompt } from "./game24";
export type { ModelGame24Options, ReadMovesOptions, RefusedMove } from "./game24";
export { drawGames24, solvedBy, trainedGame24 } from "./game24-trained";
export type { DrawGames24Options, TrainedGame24Options } from "./game24-trained";

// What else is said before an answer: Liu et al. 2022, Li et al. 2023
export { generatedKnowledge, knowledgePrompt } from "./knowledge";
export type { GeneratedKnowledgeOptions, Informed, KnowledgeAnswer, KnowledgeShot } from "./knowledge";
export { directionalStimulus, hintsFollowed, stimulusPrompt } from "./stimulus";
export type { Stimulated, StimulusOptions } from "./stimulus";

// Measured on problems with known chains
export { arithmeticScores } from "./arithmetic";
export type { ArithmeticScore, WrittenProblem } from "./arithmetic";
export { storyScores } from "./stories";
export type { StoryScore, WrittenStory } from "./stories";
