/** Layer generate: a model that writes. A text is read with a cache, scores become tokens, and tokens become text. */
export { decoderOf } from "./decoder";
export { openReader } from "./reader";
export type { Reader, ReaderOptions } from "./reader";
