/** Layer tree: parameters as nested arrays and records of tensors. */
export {};
