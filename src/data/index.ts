/** Layer data: texts as batches, and what a model is asked to predict about them. */
export { batchTensors, collate, intsTensor, stackRows } from "./ints";
export type { Ints, Pads, StackOptions } from "./ints";
export { splitStream, tokenStream } from "./stream";
export type { Split } from "./stream";
export { epochRows, IGNORE, nextTokenBatch, randomBatch, randomCrop, sequentialBatches } from "./batches";
export type { BatchSize, LmBatch } from "./batches";
export { bitsPerByte, natsToBits, perplexity } from "./metrics";
export * from "./objectives";
export { numberInEnglish, numberInGerman } from "./numbers";
export { arithmeticKinds, arithmeticProblem, arithmeticProblems, arithmeticSteps, isHeldOut } from "./arithmetic"; // prettier-ignore
export type { ArithmeticKind, ArithmeticOptions, ArithmeticProblem, ArithmeticStep } from "./arithmetic";
export { answerOf, chainForms, gradeChain, workedAnswer, workedLine } from "./arithmeticForms";
export type { ChainForm, GradedChain, GradedStep } from "./arithmeticForms";
export { canWin, combine, fraction, fractionText, game24, game24Key, game24Move, game24Moves, isWon } from "./game24"; // prettier-ignore
export type { Fraction, Game24State, Operator } from "./game24";
export { game24Lines, game24Proposal, game24Question, isHeldOutHand } from "./game24Lines";
export type { Game24LinesOptions } from "./game24Lines";
export { gradeStory, isHeldOutStory, storyAnswer, storyProblem, storyProblems, storyPrompt, storyStyles } from "./stories"; // prettier-ignore
export type { GradedStory, StoryExample, StoryOptions, StoryProblem, StoryStyle } from "./stories";
export { lineBatch, lineBatches, lineRows, shotRows } from "./lines";
export type { LineRow, QuestionLine } from "./lines";
export { drawRows, maskedBatch, textRows } from "./cloze";
export type { MaskedBatch, MaskedBatchOptions, TextRowsOptions } from "./cloze";
export { layoutBatch, layoutTokens, objectives, questionLayout, stackLayouts } from "./layouts";
export type { Layout, LayoutBatch, LayoutTokens, Objective } from "./layouts";
export { parseBanking, parseSentiment, parseSms } from "./labelled";
export type { LabelledText } from "./labelled";
export { parseGsm8k } from "./gsm8k";
export type { WordProblem } from "./gsm8k";
export { groupByPrompt, parsePreferences, preferenceText, splitByPrompt } from "./preferences";
export type { JudgedPair, JudgedPlaces, PreferencePrompt, PromptGroup, Vote } from "./preferences";
export { distinctTexts, stratifiedSplit } from "./split";
export { bankingTopic, bankingTopics, domains } from "./topics";
export type { BankingTopic, Domain } from "./topics";
export { carefulHabits, isHeldOutTale, talePrompt, taleNote, taleRequests, taleSentences, taleVocabulary, taleWords, wildHabits, writeTale } from "./tales"; // prettier-ignore
export type { TaleHabits, TalePart, TaleRequest } from "./tales";
export { judgeTale } from "./taleGold";
export type { TaleJudgement } from "./taleGold";
