/** Layer tree: parameters as nested arrays and records of tensors: named, counted, mapped, chosen. */
export { countParams, disposeTree, mapTensors, namedTensors, selectTensors } from "./tensors";
