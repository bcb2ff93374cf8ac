import { availableParallelism } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import { findLab, labs as allLabs } from "../lab/checks";
import { rememberOutcome } from "../lab/progress-files";
import { gradedFolder, gradeLab, type LabOutcome } from "../grade/lab";
import { readHidden, withHidden } from "../grade/hidden";
import { exerciseText, gradeReport, labFoot, labHead, painter } from "../grade/terminal";
import { DEFAULT_LIMITS, type Limits } from "../grade/sandbox";
import { gradeWholeClass, type ClassOptions } from "./grade-class";
import { seconds, whole } from "./numbers";

interface Options extends Omit<ClassOptions, "limits"> {
  readonly from: string;
  readonly time: number;
}

/** `lab grade`. */
export function registerGrade(program: Command): void {
  program
    .command("grade")
    .description(
      "check the labs, each in a process of its own; exit code 0 only for full marks. " +
        "With --submissions: grade a class; exit code 0 when all were graded, whatever the points",
    )
    .option("--lab <number...>", "only these labs, e.g. 01 or 01,02", numbers)
    .option("--from <folder>", "grade solutions, labs, or any folder with files named like the labs", "labs")
    .option("--json", "print the result as JSON and nothing else")
    .option(
      "--time <seconds>",
      "how long one call of a function may take",
      seconds(3600),
      DEFAULT_LIMITS.callSeconds,
    )
    .option("--submissions <folder>", "grade a class: one folder, .zip, .ipynb or lab file a learner")
    .option("--out <folder>", "where the results of a class go", "grades")
    .option("--jobs <n>", "submissions graded at the same time", whole(1, 256), availableParallelism())
    .option("--isolation <name>", "auto, bubblewrap, namespaces or node", "auto")
    .option("--shard <k/n>", "only the k-th of n parts of the class; see --merge")
    .option(
      "--hidden <file>",
      "add the hidden checks of a module of yours (TypeScript): the learner sees id and hint",
    )
    .option(
      "--policy <file>",
      "of a class: weights, deadlines, pass mark (default: policy.json in --out, if there)",
    )
    .option("--marks <file>", "of a class: marks given by hand (default: marks.json in --out)")
    .option("--title <text>", "of a class's reports")
    .option("--fresh", "grade again what has a result already")
    .option("--merge <folders...>", "put the results of several --out folders into one")
    .action(async (options: Options) => {
      const root = path.resolve(__dirname, "..", "..");
      if (options.submissions !== undefined || options.merge !== undefined) {
        process.exitCode = await gradeWholeClass(root, { ...options, limits: limitsOf(options) });
        return;
      }
      const stray = (["shard", "policy", "marks", "title", "fresh"] as const).find(
        (name) => options[name] !== undefined,
      );
      if (stray !== undefined) {
        console.error(`--${stray} is for a class: say which with --submissions or --merge.`);
        process.exitCode = 2;
        return;
      }
      process.once("SIGINT", () => process.exit(130));
      process.once("SIGTERM", () => process.exit(143));
      try {
        process.exitCode = (await grade(root, options)) ? 0 : 1;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        console.error(error.message);
        process.exitCode = 1;
      }
    });
}

async function grade(root: string, options: Options): Promise<boolean> {
  const { checks } = options.hidden === undefined ? { checks: [] } : await readHidden(options.hidden);
  const labs = withHidden(options.lab === undefined ? allLabs : options.lab.map(findLab), checks);
  const folder = gradedFolder(root, options.from);
  const say = (text: string): void => {
    if (options.json !== true) console.log(text);
  };
  const paint = painter(process.stdout.isTTY && process.env["NO_COLOR"] === undefined);
  const limits = limitsOf(options);
  const outcomes: LabOutcome[] = [];
  for (const lab of labs) {
    const file = path.relative(process.cwd(), path.join(folder, `${lab.topic}.ts`));
    say(labHead(`Lab ${lab.id}: ${lab.title}`, file, paint));
    const onExercise = (exercise: LabOutcome["exercises"][number]): void => {
      say(exerciseText(exercise, paint));
      if (options.from === "labs") rememberOutcome(root, `${lab.id}/${exercise.id}`, exercise);
    };
    const outcome = await gradeLab(lab, folder, { limits, onExercise });
    say(`${labFoot(outcome, paint)}\n`);
    outcomes.push(outcome);
  }
  const report = gradeReport(outcomes);
  if (options.json === true) console.log(JSON.stringify(report, null, 2));
  return report.max > 0 && outcomes.every(({ state }) => state === "pass");
}

const limitsOf = ({ time }: Options): Limits => ({
  ...DEFAULT_LIMITS,
  callSeconds: time,
  labSeconds: 24 * time,
});

/** Labs, said one by one or with commas between. */
const numbers = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split(",").map((each) => each.trim()),
];
