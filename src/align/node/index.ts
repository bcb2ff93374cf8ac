/** The part of layer align that reads and writes files: Node only. */
export { readPreferences, savePreferences } from "./preferences";
export type { ReadPreferencesOptions } from "./preferences";
