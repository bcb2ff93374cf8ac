import { Command } from "commander";

type Register = (program: Command) => void;

/* eslint-disable @typescript-eslint/no-require-imports -- what is not asked for is not loaded */
/** A file of commands, loaded only when one of its names is asked for: `lab progress` does not wait for TensorFlow. */
const files: readonly [names: readonly string[], load: () => Register][] = [
  [["doctor"], () => (require("./doctor") as typeof import("./doctor")).registerDoctor],
  [["run"], () => (require("./run") as typeof import("./run")).registerRun],
  [["build"], () => (require("./build") as typeof import("./build")).registerBuild],
  [["grade"], () => (require("./grade") as typeof import("./grade")).registerGrade],
  [["reset"], () => (require("./reset") as typeof import("./reset")).registerReset],
  [["watch"], () => (require("./watch") as typeof import("./watch")).registerWatch],
  [["progress"], () => (require("./progress") as typeof import("./progress")).registerProgress],
  [["report", "mark"], () => (require("./report") as typeof import("./report")).registerReport],
  [["model"], () => (require("./model") as typeof import("./model")).registerModel],
  [["train"], () => (require("./train") as typeof import("./train")).registerTrain],
  [["generate"], () => (require("./generate") as typeof import("./generate")).registerGenerate],
  [["chat"], () => (require("./chat") as typeof import("./chat")).registerChat],
  [["label"], () => (require("./label") as typeof import("./label")).registerLabel],
  [["demo"], () => (require("./demo") as typeof import("./demo")).registerDemo],
];
/* eslint-enable @typescript-eslint/no-require-imports */

/**
 * The command `lab`: one sub-command a file.
 * @param first the first word after `lab`; where it names no sub-command, as in `lab --help`, all of them are loaded
 */
export function makeProgram(first: string | undefined): Command {
  const program = new Command("lab").description("The transformer lab: notebooks, grading, training, demos.");
  const asked = files.filter(([names]) => first !== undefined && names.includes(first));
  for (const [, load] of asked.length > 0 ? asked : files) load()(program);
  return program;
}

/** Runs `lab` with what stands behind it on the command line. */
export async function runCommand(args: readonly string[]): Promise<void> {
  await makeProgram(args[0]).parseAsync(args, { from: "user" });
}

if (require.main === module) void runCommand(process.argv.slice(2));
