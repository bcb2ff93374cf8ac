/** Layer tree: parameters as nested arrays and records of tensors: named, counted, mapped, chosen. */
export { bytesOf, countParams, disposeTree, mapTensors, namedTensors, selectTensors } from "./tensors";
