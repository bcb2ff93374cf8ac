/** Step "library": src/ compiled to dist/, with its link in node_modules. */
import fs from "node:fs";
import path from "node:path";
import { SetupError } from "./cures.mjs";
import { buildLibrary, BuildError, libraryIsFresh, libraryKey } from "./library.mjs";

/** @type {import("./steps.mjs").Step} */
export const library = {
  id: "library",
  title: "Library",
  key: ({ paths }) => libraryKey(paths),
  present: ({ paths }) =>
    libraryIsFresh(paths) && fs.existsSync(path.join(paths.libraryLink, "package.json")),
  async run({ paths, log, onLine }) {
    try {
      await buildLibrary({ paths, log, onLine });
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      throw new SetupError(
        `The library in src/ does not compile:\n${error.message}\nMend these lines, or take the files back from git.`,
      );
    }
  },
};
