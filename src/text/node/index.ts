/** What of src/text needs Node: files. */
export { readText, writeTo, writeWhole } from "./files";
export * from "./save";
export * from "./gpt2";
export * from "./minilm";
