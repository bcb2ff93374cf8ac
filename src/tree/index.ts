/** Layer tree: parameters as nested arrays and records of tensors: named, counted, mapped, chosen. */
export { countParams, mapTensors, namedTensors, selectTensors } from "./tensors";
