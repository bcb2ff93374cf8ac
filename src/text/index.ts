/** Text as numbers: the tokenizers of the lab, their training, and what to measure about them. */

// The contract of all of them
export * from "./tokenizer";
export * from "./special";
export type { Texts } from "./tokenList";

// Without subwords: words, characters, bytes
export * from "./word";
export * from "./char";
export * from "./byte";

// Byte-pair encoding
export * from "./bytes";
export * from "./split";
export * from "./bpeModel";
export * from "./bpe";
export * from "./bpeTrace";
export * from "./bpeTrain";
export { readMerges, readTiktoken, writeMerges, type ReadBpeOptions } from "./bpeRead";
export * from "./bpeHuggingFace";
export * from "./decodeStream";

// WordPiece
export * from "./normalize";
export * from "./wordpiece";
export * from "./wordpieceTrain";
export * from "./wordpieceHuggingFace";

// Unigram
export * from "./unigram";
export * from "./unigramLattice";
export { trainUnigram, type UnigramStep, type UnigramTrainConfig } from "./unigramTrain";
export * from "./unigramArcs";

// Saved and loaded (files: transformer-lab/text/node)
export * from "./save";

// Conversations
export * from "./chat";

// What a tokenizer costs and hides
export * from "./vocab";
export * from "./glitch";
