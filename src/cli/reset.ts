import path from "node:path";
import type { Command } from "commander";
import { findLab } from "../lab/checks";
import { buildLabs } from "./labs";

export function registerReset(program: Command): void {
  program
    .command("reset")
    .description("make a lab as it was shipped; your own version is kept in .lab/kept")
    .argument("<lab>", "the lab's number, e.g. 01")
    .action(async (name: string) => {
      try {
        const { topic } = findLab(name);
        const said = await buildLabs(path.resolve(__dirname, "..", ".."), { force: true, topic });
        console.log(said.length > 0 ? said.join("\n") : `labs/${topic}.ts is as shipped already`);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        console.error(error.message);
        process.exitCode = 1;
      }
    });
}
