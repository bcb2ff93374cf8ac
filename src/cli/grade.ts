import path from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { findLab, labs as allLabs } from "../lab/checks";
import { gradedFolder, gradeLab, type LabOutcome } from "../grade/lab";
import { exerciseText, gradeReport, labFoot, labHead, painter } from "../grade/terminal";
import { DEFAULT_LIMITS } from "../grade/sandbox";
import { registerReset } from "./reset";

interface Options {
  readonly lab?: string;
  readonly from: string;
  readonly json?: boolean;
  readonly time: number;
}

/** `lab grade`, and `lab reset`, which gives back a fresh lab. */
export function registerGrade(program: Command): void {
  program
    .command("grade")
    .description("check the labs, each in a process of its own; exit code 0 only for full marks")
    .option("--lab <number>", "only this lab, e.g. 01")
    .option("--from <folder>", "grade solutions, labs, or any folder with files named like the labs", "labs")
    .option("--json", "print the result as JSON and nothing else")
    .option(
      "--time <seconds>",
      "how long one call of a function may take",
      seconds,
      DEFAULT_LIMITS.callSeconds,
    )
    .action(async (options: Options) => {
      process.once("SIGINT", () => process.exit(130));
      process.once("SIGTERM", () => process.exit(143));
      try {
        process.exitCode = (await grade(path.resolve(__dirname, "..", ".."), options)) ? 0 : 1;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        console.error(error.message);
        process.exitCode = 1;
      }
    });
  registerReset(program);
}

async function grade(root: string, options: Options): Promise<boolean> {
  const labs = options.lab === undefined ? allLabs : [findLab(options.lab)];
  const folder = gradedFolder(root, options.from);
  const say = (text: string): void => {
    if (options.json !== true) console.log(text);
  };
  const paint = painter(process.stdout.isTTY && process.env["NO_COLOR"] === undefined);
  const limits = { ...DEFAULT_LIMITS, callSeconds: options.time, labSeconds: 24 * options.time };
  const outcomes: LabOutcome[] = [];
  for (const lab of labs) {
    const file = path.relative(process.cwd(), path.join(folder, `${lab.topic}.ts`));
    say(labHead(`Lab ${lab.id}: ${lab.title}`, file, paint));
    const onExercise = (exercise: LabOutcome["exercises"][number]): void =>
      say(exerciseText(exercise, paint));
    const outcome = await gradeLab(lab, folder, { limits, onExercise });
    say(`${labFoot(outcome, paint)}\n`);
    outcomes.push(outcome);
  }
  const report = gradeReport(outcomes);
  if (options.json === true) console.log(JSON.stringify(report, null, 2));
  return report.max > 0 && outcomes.every(({ state }) => state === "pass");
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 3600) return value;
  throw new InvalidArgumentError("Give seconds, a number above 0 and at most 3600.");
}
