export * from "./tokenizer";
export * from "./bytes";
export * from "./special";
export * from "./split";
export * from "./bpeModel";
export * from "./bpe";
export * from "./bpeTrace";
export * from "./bpeTrain";
