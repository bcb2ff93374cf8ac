/** `npm run build`: compile src/ into dist/, where notebooks, the command `lab` and browsers find the library. */
import { buildLibrary, BuildError } from "./setup/library.mjs";
import { pathsOf, shown } from "./setup/paths.mjs";

const paths = pathsOf();
const started = performance.now();
try {
  const built = await buildLibrary({ paths, force: process.argv.includes("--force") });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(built ? `Built ${shown(paths.root, paths.dist)} in ${seconds} s.` : "dist is up to date.");
} catch (error) {
  console.error(error instanceof BuildError ? error.message : error.stack);
  console.error("The library was not built; dist is as it was before.");
  process.exitCode = 1;
}
