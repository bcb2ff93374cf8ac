/** Layer train: what changes parameters. Functions over nested arrays and records of tensors. */
export { adamW, initAdamW } from "./adamw";
export type { AdamWConfig, AdamWState } from "./adamw";
export { valueAndGradients } from "./gradients";
