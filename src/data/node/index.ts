/** The part of layer data that reads files: Node only. */
export { loadText } from "./files";
