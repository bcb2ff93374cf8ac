/** Text as numbers: the tokenizers of the lab, their training, and what to measure about them. */

// The contract of all of them
export * from "./tokenizer";
export * from "./special";

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

// WordPiece
export * from "./normalize";
export * from "./wordpiece";

// Unigram
export * from "./unigram";
export * from "./unigramLattice";
export * from "./unigramTrain";
export * from "./unigramArcs";
