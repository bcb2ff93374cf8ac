/** Layer generate: a model that writes. A text is read with a cache, scores become tokens, and tokens become text. */
export { decoderOf } from "./decoder";
export { trainedDecoder } from "./trained";
export { openReader } from "./reader";
export type { Reader, ReaderOptions } from "./reader";

// Scores become a token: distribution, processors, a draw
export { argmax, entropy, logProbability, logSumExp, sampleFrom, softmax } from "./distribution";
export { applyProcessors, minP, temperature, topK, topP, typicalP } from "./processors";
export type { Processor } from "./processors";
export { noRepeatNgram, repetitionPenalty } from "./penalties";
export { allowed, banned, bannedSequences, forced } from "./constraints";

// Medusa: heads that guess further tokens, read as a tree
export { cartesian, expectedTokens, sparseTree, treeBuffers } from "./medusa/tree";
export type { TreeBuffers, TreePath } from "./medusa/tree";
export { acceptPath, typicalThreshold } from "./medusa/accept";
export type { Acceptance, AcceptOptions, Verdict } from "./medusa/accept";
export { medusaGenerate } from "./medusa/decode";
export type { MedusaNode, MedusaOptions, MedusaRound } from "./medusa/decode";
export { initMedusa, medusaLogits, medusaScores } from "./medusa/heads";
export type { MedusaHead, MedusaHeads, MedusaInit } from "./medusa/heads";
export { headLosses, medusaLoss, trainMedusa } from "./medusa/train";
export type { MedusaBatch, TrainMedusaConfig } from "./medusa/train";
export { greedyRows, headAccuracy } from "./medusa/accuracy";
export type { AccuracyOptions, HeadAccuracy } from "./medusa/accuracy";
export { medusaSpeed } from "./medusa/speed";
export type { MedusaSpeed, SpeedOptions } from "./medusa/speed";

// Speculative decoding: a cheap draft, and a target that checks several tokens in one call
export { acceptDrafted, residual } from "./speculative/accept";
export type { DraftAcceptance } from "./speculative/accept";
export { modelDrafter, ngramDrafter, promptLookup } from "./speculative/draft";
export type { Draft, Drafter } from "./speculative/draft";
export { measureSpeculation } from "./speculative/measure";
export type { MeasureOptions, SpeculationMeasure } from "./speculative/measure";
export { speculate } from "./speculative/speculate";
export type { SpeculateOptions, SpeculateTotals, SpeculativeRound } from "./speculative/speculate";
export { acceptanceRates, bestGamma, expectedPerRound, overlap, shareOfDrafted, speculativeSpeedup } from "./speculative/theory"; // prettier-ignore
export type { AcceptanceRates, RoundCounts } from "./speculative/theory";

// Text, token by token: until it is long enough, or says a stop word
export { generate } from "./generate";
export type { FinishReason, GenerateOptions, GenerateStep, Prompts } from "./generate";
export { collect, generateAll, generateText, usualRate } from "./collect";
export type { Answer, Generated } from "./collect";
export { stopFilter } from "./stop";
export type { StopFilter, StopRules } from "./stop";
export { textStream } from "./stream";
export type { Decodes, TextStream } from "./stream";
export { beamSearch, beamSteps } from "./beam";
export type { Beam, BeamOptions, BeamStep } from "./beam";

// Conversations
export { openChat } from "./chat";
export type { Chat, ChatStep, OpenChatOptions } from "./chat";

// What a machine can do: memory and arithmetic
export { attainable, cacheMemory, decodeWork, measureMachine, readWork, ridge, roofAt } from "./roofline";
export type { Attainable, CacheMemory, Machine, MeasureMachine, Work, WorkOptions } from "./roofline";
