/**
 * The library by its layers, lowest first. `import { text } from "transformer-lab"`, or a layer alone:
 * `import * as text from "transformer-lab/text"`. Nothing heavy is loaded before it is used.
 */
export * as engine from "./engine";
export * as ops from "./ops";
export * as train from "./train";
export * as text from "./text";
export * as checkpoints from "./checkpoints";
export * as lab from "./lab";
