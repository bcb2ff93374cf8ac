/** Layer nn: the parts of a transformer. Functions over plain data. */
export {};
