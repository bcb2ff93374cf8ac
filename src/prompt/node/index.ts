/** The part of layer prompt that reads and writes files: Node only. */
export { fileStore } from "./file-store";
export type { FileStore, FileStoreOptions } from "./file-store";
