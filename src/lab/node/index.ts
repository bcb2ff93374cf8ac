/** The part of layer lab that serves pages: Node only. */
export { labelPage } from "./labelPage";
export type { LabelPage, LabelPageOptions } from "./labelPage";
export { openLabelFile } from "./labelFile";
export type { LabelFile } from "./labelFile";
export { startLabelServer } from "./labelServer";
export type { LabelServer, LabelServerOptions } from "./labelServer";
export { keyOf, MAX_ANSWERS, prepareItems } from "../label/session";
export type { LabelItem, PreparedItem } from "../label/session";
