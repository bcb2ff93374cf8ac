/** Demonstrations: which examples a prompt shows, in which order, and how they are written. */
export { randomDemonstrations } from "./random";
export type { RandomOptions } from "./random";
export { nearestDemonstrations } from "./nearest";
export type { Retrieved } from "./nearest";
export { mutualInformation, rankByMutualInformation } from "./mutualInformation";
export type { Informative } from "./mutualInformation";
export { encodeRows, scoreCandidates, trainRetriever } from "./retriever";
export type { CandidateOptions, Retriever, RetrieverConfig, ScoredExample } from "./retriever";
export { candidateOrders, globalEntropy, localEntropy, rankOrders } from "./order";
export type { RankedOrder } from "./order";
export type { Distributions } from "./distributions";
export { corruptLabels, formatDemonstrations, relabel } from "./format";
export type { LabelMode, MaybeLabelled } from "./format";
