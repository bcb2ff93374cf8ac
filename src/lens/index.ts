/** Layer lens: to see inside a model: named activations, read, replaced, scored. */
export {};
