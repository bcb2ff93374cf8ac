import path from "node:path";
import { pathToFileURL } from "node:url";

/** The project's root. */
export const root = path.resolve(__dirname, "../..");

/**
 * A module of tools/. They are plain JavaScript (they run before the compiler is installed), so the test says the
 * types of what it uses.
 * @param name e.g. "setup/lock.mjs"
 */
export async function loadTool<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(path.join(root, "tools", name)).href)) as T;
}

/** Writes, reads and describes as tools/setup/paths.mjs does. */
export type Paths = Readonly<Record<string, string>>;
