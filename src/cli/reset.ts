import path from "node:path";
import type { Command } from "commander";
import { exerciseOf, findLab } from "../lab/checks";
import { buildLabs, resetFunction } from "./labs";

export function registerReset(program: Command): void {
  program
    .command("reset")
    .description(
      "make a lab, or one exercise of it, as it was shipped; your own version is kept in .lab/kept",
    )
    .argument("<lab>", "the lab's number, e.g. 01")
    .option("--exercise <exercise>", "only this one: its number in the lab, its name, or its function")
    .action(async (name: string, { exercise }: { exercise?: string }) => {
      const root = path.resolve(__dirname, "..", "..");
      try {
        const lab = findLab(name);
        if (exercise !== undefined) {
          console.log(resetFunction(root, lab.topic, exerciseOf(lab, exercise).fn));
          return;
        }
        const said = await buildLabs(root, { force: true, topic: lab.topic });
        console.log(said.length > 0 ? said.join("\n") : `labs/${lab.topic}.ts is as shipped already`);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        console.error(`${error.message.replace(/\.$/, "")}. Nothing was changed.`);
        if (exercise !== undefined)
          console.error(`The whole lab anew, with a copy of yours: lab reset ${name}`);
        process.exitCode = 1;
      }
    });
}
