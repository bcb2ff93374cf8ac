/** Layer embeddings: words as vectors, from counts to word2vec and GloVe; sentences by contrast. */

// A text as ids
export { BREAK, makeCorpus, sentencesOf } from "./corpus";
export type { Corpus, CorpusOptions } from "./corpus";

// Vectors from counts
export { cooccurrence, ppmi } from "./cooccurrence";
export type { CooccurrenceOptions, PpmiOptions } from "./cooccurrence";
export { sparseAt, sparseTimes } from "./sparse";
export type { SparseMatrix } from "./sparse";
export { truncatedSvd } from "./svd";
export type { SvdOptions, TruncatedSvd } from "./svd";

// Vectors by training
export { initSkipGram, keepChance, skipGramDefaults, skipGramPair, trainSkipGram } from "./word2vec";
export type { SkipGramConfig, SkipGramModel, SkipGramStep } from "./word2vec";
export { gloveDefaults, gloveLoss, gloveVectors, gloveWeight, initGlove, trainGlove } from "./glove";
export type { GloveConfig, GloveModel, GloveStep } from "./glove";
export { aliasSampler, fastUniform } from "./random";
export type { Uniform } from "./random";

// Use them
export { normalized, selectWords, vectorOf, wordVectors } from "./vectors";
export type { WordVectors } from "./vectors";
export { analogy, angle, cosine, cosineMatrix, nearest } from "./similarity";
export type { Neighbour } from "./similarity";

// Judge and look at them
export {
  analogyAccuracy,
  parseAnalogies,
  parseSimilarity,
  ranks,
  spearman,
  wordSimilarity,
} from "./evaluate";
export type { AnalogyResult, Question, SimilarityPair, SimilarityResult } from "./evaluate";
export { pca } from "./pca";
export type { Pca } from "./pca";
export { symmetricEigen } from "./eigen";

// Sentences
export { alignment, simcseLoss, uniformity, unitRows } from "./simcse";
