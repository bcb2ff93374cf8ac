/** Layer embeddings: words as vectors, from counts to word2vec and GloVe. */
export {};
