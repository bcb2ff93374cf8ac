export { ISOLATIONS, type IsolationName, type Launcher, type SystemLimits } from "./launcher";
export { nodeLauncher } from "./launcher";
export { chooseLauncher, IsolationError, isIsolationName } from "./choose";
