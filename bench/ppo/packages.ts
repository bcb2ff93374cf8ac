import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pythonWithTransformers } from "../generate/packages";
import { pythonPackages } from "../python";

/** The last TRL with PPO, in trl.experimental.ppo; 1.13 has it no more. */
const packages = ["trl==1.12.0", "datasets==5.2.0"];

/** The interpreter of the bench's PyTorch with TRL, which the first call adds. @throws Error with what pip said */
export function pythonWithTrl(): string {
  const interpreter = pythonWithTransformers();
  const stamp = join(dirname(dirname(interpreter)), "trl.txt");
  const wanted = packages.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return interpreter;
  process.stderr.write(`Installing ${packages.join(", ")} for the comparison ...\n`);
  pythonPackages(interpreter, packages);
  writeFileSync(stamp, wanted);
  return interpreter;
}
