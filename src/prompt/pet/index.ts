/** PET: pattern-exploiting training (Schick and Schütze 2021), and what it is compared with. */
export { drawLabelled, oneHot } from "./draw";
export type { Drawn } from "./draw";

// Training: examples as rows, states of the frozen blocks, a head, a few steps
export { clozeRows, plainRows } from "./rows";
export { frozenStates, stateReader, takeRows } from "./states";
export type { StateReader, States, StatesOptions } from "./states";
export { linearReadout, wordReadout } from "./readout";
export type { LinearHead, Pool, Readout, ReadoutInput, WordHead } from "./readout";
export { tuner } from "./tune";
export type { Tuned, TuneOptions, Tuner } from "./tune";
export type { MlmLoss } from "./auxiliary";

// The same with a causal model: states of answers, rows of label words
export { answerStates, wordRows } from "./answer-states";
export type { AnswerStatesOptions, CausalModel } from "./answer-states";
export { linearScores, trainLinear } from "./linear";
export type { LinearScores, LinearTraining } from "./linear";
export { causalPatterns, causalPool, causalSettings } from "./causal-tasks";

// Many patterns: soft labels, generations
export { confidence, decided, softLabels } from "./ensemble";
export type { EnsembleOptions } from "./ensemble";
export { generationSizes, growSet, teachers } from "./generations";
export type { PseudoLabel } from "./generations";

// The ladder: what came before
export { bagOfWords, naiveBayes, trainNaiveBayes } from "./naive-bayes";
export type { NaiveBayes } from "./naive-bayes";
export { lstmScores } from "./lstm";
export type { LstmOptions } from "./lstm";

// The lab's tasks
export { petPatterns, petSettings, verbalizerTable } from "./tasks";
export type { NamedPattern } from "./tasks";
