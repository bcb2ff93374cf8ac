/**
 * One function for each StableHLO operation that the rules need. Each appends a line to the program being traced and
 * gives its value. Source: the StableHLO specification, https://openxla.org/stablehlo/spec.
 */
export * from "./constants";
export * from "./elements";
export * from "./places";
export * from "./shapes";
export * from "./sums";
export * from "./types";
export * from "./windows";
