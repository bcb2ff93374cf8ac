/** Part live of layer demo: the lab's models running in a page, through the same library code. */
export { buildLive, liveWidgets } from "./node/build";
export type { LiveWidget } from "./node/build";
