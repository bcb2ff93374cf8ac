/** What of src/text needs Node: files. */
export * from "./save";
export * from "./minilm";
