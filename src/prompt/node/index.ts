/** The part of layer prompt that reads and writes files: Node only. */
export { fileStore } from "./file-store";
export type { FileStore, FileStoreOptions } from "./file-store";
export {
  loadInduction,
  loadRegression,
  loadSines,
  loadWarmUps,
  saveInduction,
  saveRegression,
  saveSines,
  saveWarmUps,
} from "./incontext";
export type { AttentionOnlyModel, RegressionModel, SineModels, WarmUpModels } from "./incontext";
