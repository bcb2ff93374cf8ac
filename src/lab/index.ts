export * from "./figure";
export * from "./figures";
export * from "./report";
export { figureBundle, html, markdown, show } from "./display";
export { interrupted, nextTurn, stopFlag } from "./interrupt";
export { live, type Live } from "./live";
export { measured, MEASURED_MIME, type MeasuredOptions, type Measurement } from "./measured";
export { progress, type Progress } from "./progress";
export { check, helpWith, hint, solution } from "./exercise-files";
