#!/usr/bin/env node
/** The command `lab`. It runs the compiled command line, and says how to get it where set-up has not run yet. */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathsOf } from "./setup/paths.mjs";

const paths = pathsOf();
const cli = path.join(paths.dist, "cli", "index.js");
if (!fs.existsSync(cli)) {
  console.error("The lab is not set up yet. Run `npm start` (opens the notebooks) or `npm run setup` first.");
  process.exit(1);
}
// `lab grade | head`: a reader that has seen enough is no error.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
const { runCommand } = createRequire(import.meta.url)(cli);
await runCommand(process.argv.slice(2));
