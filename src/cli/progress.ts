import path from "node:path";
import type { Command } from "commander";
import { labProgress } from "../lab/progress-report";
import { progressTable } from "../lab/figures/progressTable";
import { writeWhole } from "../text/node/files";

/** `lab progress`: how far you are, in the terminal or on a page. */
export function registerProgress(program: Command): void {
  program
    .command("progress")
    .description(
      "how far you are in each lab, as check(...) in notebooks, lab watch and lab grade remember it",
    )
    .option("--html <file>", "write it as a page")
    .option("--json", "print it as JSON and nothing else")
    .action(({ html, json }: { html?: string; json?: boolean }) => {
      const labs = labProgress(path.resolve(__dirname, "..", ".."));
      const figure = progressTable(labs);
      if (html !== undefined) {
        const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Progress</title><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><main>${figure.html}</main></html>\n`;
        try {
          writeWhole(html, page);
        } catch (error) {
          console.error(`${html} could not be written: ${(error as Error).message}`);
          process.exitCode = 1;
          return;
        }
      }
      if (json === true) console.log(JSON.stringify(labs, null, 2));
      else console.log(html === undefined ? figure.text : `Written to ${html}`);
    });
}
