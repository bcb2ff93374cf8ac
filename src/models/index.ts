/** Layer models: a model family a file, in the order of its paper. */
export {};
