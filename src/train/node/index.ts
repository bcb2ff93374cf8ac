/** The part of layer train that reads and writes files: Node only. */
export { loadTraining, saveTraining } from "./training";
export {
  listRecipes,
  loadRecipe,
  loadTrained,
  readRecipe,
  readResult,
  saveTrained,
  shippedResult,
} from "./recipes";
export type { RecipeFile } from "./recipes";
export type { SavedModel } from "../trained";
export { cleanRun, startRecipe, startTask } from "./run";
export type { RecipeOptions, RecipeRun, RunProgress, RunSettings } from "./run";
export type { RecipeTask } from "./task";
export { readTreeFile } from "./tree";
export { loadMasked } from "./masked";
export type { LoadedMasked } from "./masked";
