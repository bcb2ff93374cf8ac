import { Command } from "commander";
import { registerBuild } from "./build";
import { registerChat } from "./chat";
import { registerDoctor } from "./doctor";
import { registerGenerate } from "./generate";
import { registerGrade } from "./grade";
import { registerLabel } from "./label";
import { registerModel } from "./model";
import { registerProgress } from "./progress";
import { registerReport } from "./report";
import { registerRun } from "./run";
import { registerTrain } from "./train";
import { registerWatch } from "./watch";

/** The command `lab`: one sub-command a file. */
export function makeProgram(): Command {
  const program = new Command("lab").description(
    "The transformer lab: doctor, run, build, grade, report, mark, watch, progress, reset, train, model, generate, chat, label.",
  );
  registerDoctor(program);
  registerRun(program);
  registerBuild(program);
  registerGrade(program);
  registerWatch(program);
  registerProgress(program);
  registerReport(program);
  registerModel(program);
  registerTrain(program);
  registerGenerate(program);
  registerChat(program);
  registerLabel(program);
  return program;
}

if (require.main === module) void makeProgram().parseAsync();
