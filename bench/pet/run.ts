/**
 * The experiments of chapter 10: npx tsx bench/pet/run.ts few-shot | ladder | verbalizers | ipet | variants | rows [TASK] [SECONDS]
 * Results go to datasets/pet-runs; a run that is there is not run again, so that an interrupted experiment goes on.
 */
import { causalSettings, petSettings } from "../../src/prompt";
import type { FewShotTaskName } from "../../src/data/node";
import { fewShot } from "./few-shot";
import { ipet } from "./ipet";
import { ladder } from "./ladder";
import { openResults } from "./results";
import { rows } from "./rows";
import { UNLABELLED } from "./setting";
import { variants } from "./variants";
import { verbalizers } from "./verbalizers";

const experiments = {
  "few-shot": fewShot,
  ladder,
  ipet,
  variants,
  rows,
  verbalizers: (_: FewShotTaskName, results: Parameters<typeof verbalizers>[0]) => verbalizers(results),
};

async function main(name: string, task: FewShotTaskName, seconds: number): Promise<void> {
  if (!Object.hasOwn(experiments, name))
    throw new Error(`There is no experiment "${name}". There are: ${Object.keys(experiments).join(", ")}`);
  const { from, length, batch, learningRate } = petSettings;
  const settings =
    name === "rows"
      ? { model: "smollm2-135m-instruct", ...causalSettings }
      : { model: "minilm-mlm", from, length, batch, learningRate, unlabelled: UNLABELLED };
  const results = await openResults(name, settings, seconds);
  await experiments[name as keyof typeof experiments](task, results);
}

const [name = "", task = "sentiment", seconds = "Infinity"] = process.argv.slice(2);
void main(name, task as FewShotTaskName, Number(seconds));
