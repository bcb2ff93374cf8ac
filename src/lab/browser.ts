/** The part of src/lab that runs in a browser: pure figures, no Node module behind them. */
export * from "./figure";
export * from "./figures";
export * from "./report";
export { escapeHtml, scriptJson } from "./figures/escape";
export { dark, light, mono, sans, type Palette } from "./figures/theme";
