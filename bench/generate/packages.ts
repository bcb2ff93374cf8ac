import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pythonPackages, pythonWithTorch } from "../python";

const root = join(__dirname, "..", "..");
const folder = join(root, ".lab", "bench-packages", "generate");
const packages = ["node-llama-cpp@3.22.1"];
const pythonPeers = ["transformers==5.24.0", "gguf==0.19.0", "accelerate==1.15.0", "sentencepiece==0.2.3", "protobuf==7.36.2"]; // prettier-ignore

/** The interpreter of the bench's PyTorch with transformers, which the first call adds. @throws Error with what pip said */
export function pythonWithTransformers(): string {
  const interpreter = pythonWithTorch();
  const stamp = join(dirname(dirname(interpreter)), "transformers.txt");
  const wanted = pythonPeers.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return interpreter;
  process.stderr.write(`Installing ${pythonPeers.join(", ")} for the comparison ...\n`);
  pythonPackages(interpreter, pythonPeers);
  writeFileSync(stamp, wanted);
  return interpreter;
}

/**
 * The folder with node-llama-cpp and its prebuilt llama.cpp, which the first call installs: no part of the lab.
 * @throws Error with what npm said
 */
export function llamaFolder(): string {
  const stamp = join(folder, "installed.txt");
  const wanted = packages.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return folder;
  process.stderr.write(
    `Installing ${packages.join(", ")} for the comparison (several hundred MB, once) ...\n`,
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", folder];
  // npm is a batch file on Windows, which only a shell starts.
  const shell = process.platform === "win32";
  const done = spawnSync("npm", ["install", ...options, ...packages], { encoding: "utf8", shell });
  if (done.status !== 0) {
    const said = done.error?.message ?? done.stderr.split("\n").find((line) => line.includes("error"));
    throw new Error(`npm ended with ${done.status ?? done.signal}: ${said ?? "no message"}`);
  }
  writeFileSync(stamp, wanted);
  return folder;
}
