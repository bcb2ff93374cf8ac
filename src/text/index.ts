export * from "./tokenizer";
export * from "./bytes";
export * from "./special";
