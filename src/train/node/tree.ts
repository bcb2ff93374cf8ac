import { readSafetensors } from "../../checkpoints";
import { readTree } from "../tree";

/** `readTree` of the file at a path, which is opened and closed. */
export async function readTreeFile<T>(path: string, like: T): Promise<T> {
  const file = await readSafetensors(path);
  try {
    return await readTree(file, path, like);
  } finally {
    await file.close();
  }
}
