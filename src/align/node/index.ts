/** The part of layer align that reads and writes files: Node only. */
export { readPreferences, savePreferences } from "./preferences";
export type { ReadPreferencesOptions } from "./preferences";
export { loadReward, saveReward } from "./reward";
export { measureRlhf, textLoss } from "./measure";
export { runRlhf } from "./run";
export type { RlhfOptions, RlhfRecord } from "./run";
