/** The part of layer train that reads and writes files: Node only. */
export { loadTraining, saveTraining } from "./training";
export { listRecipes, loadRecipe, loadTrained, saveTrained, shippedResult, writeWhole } from "./recipes";
export type { SavedConfig, SavedModel } from "./recipes";
export { startRecipe } from "./run";
export type { RecipeOptions, RecipeRun, RunProgress } from "./run";
export { loadMasked } from "./masked";
export type { LoadedMasked } from "./masked";
