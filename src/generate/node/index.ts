/** The part of layer generate that reads and writes files: Node only. */
export { loadMedusa, saveMedusa } from "./medusa";
export type { MedusaConfig } from "./medusa";
