/**
 * The library by its layers, lowest first. `import { text } from "transformer-lab"`, or a layer alone:
 * `import * as text from "transformer-lab/text"`. Nothing heavy is loaded before it is used.
 */
export * as engine from "./engine";
export * as ops from "./ops";
export * as tree from "./tree";
export * as nn from "./nn";
export * as models from "./models";
export * as text from "./text";
export * as embeddings from "./embeddings";
export * as checkpoints from "./checkpoints";
export * as data from "./data";
export * as train from "./train";
export * as lens from "./lens";
export * as generate from "./generate";
export * as prompt from "./prompt";
export * as align from "./align";
export * as lab from "./lab";
