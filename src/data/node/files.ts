import { readdirSync } from "node:fs";
import { join } from "node:path";
import { labFolder } from "../../text/node/place";
import { readText } from "../../text/node/files";

/** Largest text that is read, in bytes. */
const MAX_BYTES = 2 ** 26;

/**
 * A text below datasets/: `loadText("tinyshakespeare")` where the set has one text, `loadText("chinese-classics/lunyu.txt")`
 * otherwise.
 * @throws RangeError for a name that is no data set, listing those there are; Error where the file is no UTF-8 text
 */
export function loadText(name: string): string {
  const [set = "", file, ...rest] = name.split("/");
  const root = labFolder("datasets", "tinyshakespeare");
  const sets = readdirSync(root);
  if (rest.length > 0 || !sets.includes(set))
    throw new RangeError(`loadText: there is no data set "${name}". There are: ${sets.sort().join(", ")}`);
  const texts = readdirSync(join(root, set)).filter((each) => each.endsWith(".txt"));
  const chosen = file ?? (texts.length === 1 ? texts[0] : undefined);
  if (chosen === undefined || !texts.includes(chosen))
    throw new RangeError(
      `loadText: "${name}" names no text. The texts are: ${texts.map((each) => `${set}/${each}`).join(", ")}`,
    );
  return readText(join(root, set, chosen), MAX_BYTES);
}
