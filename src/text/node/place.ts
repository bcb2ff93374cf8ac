import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A folder of the lab, such as datasets/: above this file, both in src/ and in the compiled dist/.
 * @param holds a file or folder in it, which tells it from others of its name
 * @throws Error where it is missing
 */
export function labFolder(name: string, holds: string): string {
  for (let at = __dirname; dirname(at) !== at; at = dirname(at)) {
    const folder = join(at, name);
    if (existsSync(join(folder, holds))) return folder;
  }
  throw new Error(`No ${name}/${holds} above ${__dirname}: restore it with git.`);
}

/** A trained model's folder: the one of this name below datasets/ where it holds the file, or else the place as given. */
export function modelFolder(place: string, holds = "model.json"): string {
  const shipped = join(labFolder("datasets", "tinyshakespeare"), place);
  return existsSync(join(shipped, holds)) ? shipped : place;
}
