/** Layer data: texts as batches, and what a model is asked to predict about them. */
export {};
