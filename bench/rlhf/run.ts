/**
 * The experiments of chapter 11: npx tsx bench/rlhf/run.ts reward | ppo | overoptimisation | collapse | dpo | smollm
 * Results go to datasets/rlhf-runs; a run that is there is not run again, so that an interrupted experiment goes on.
 */
import { openResults } from "./results";
import { collapse } from "./collapse";
import { dpo } from "./dpo";
import { overoptimisation } from "./overoptimisation";
import { ppoRuns } from "./ppoRuns";
import { reward } from "./reward";
import { smollm } from "./smollm";

const experiments = { reward, ppo: ppoRuns, overoptimisation, collapse, dpo, smollm };

async function main(name: string): Promise<void> {
  if (!Object.hasOwn(experiments, name))
    throw new Error(`There is no experiment "${name}". There are: ${Object.keys(experiments).join(", ")}`);
  await experiments[name as keyof typeof experiments](await openResults(name));
}

void main(process.argv[2] ?? "");
