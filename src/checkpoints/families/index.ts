/** The families of models that a config.json can ask for. */
import { bartFamily } from "./bart";
import { bertFamily } from "./bert";
import { gpt2Family } from "./gpt2";
import { falconFamily, llamaFamily } from "./llama";
import { t5Family } from "./t5";

export const families = {
  gpt2: gpt2Family,
  llama: llamaFamily,
  falcon: falconFamily,
  bert: bertFamily,
  t5: t5Family,
  bart: bartFamily,
} as const;

/** A family's name is its `model_type`. */
export type FamilyName = keyof typeof families;

/** The family of a config.json. @throws Error that names the file and the families there are */
export function familyOf(json: Readonly<Record<string, unknown>>, where: string): FamilyName {
  const type = json["model_type"];
  if (typeof type === "string" && Object.hasOwn(families, type)) return type as FamilyName;
  const said = type === undefined ? "there is no model_type" : `model_type is ${JSON.stringify(type)}`;
  throw new Error(`${where}: ${said}; models of ${Object.keys(families).join(", ")} can be loaded.`);
}
