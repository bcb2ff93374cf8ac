import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "..", ".lab", "bench-packages", "node");
const packages = ["gpt-tfjs@0.0.5", "@genai-fi/nanogpt@1.3.0"];

/**
 * The folder with the JavaScript peers, which the first call installs: they are no part of the lab. Their own copy of
 * tfjs is taken away, so that they find the lab's, and with it native TensorFlow.
 * @throws Error with what npm said
 */
export function peerFolder(): string {
  const stamp = join(folder, "installed.txt");
  const wanted = packages.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return folder;
  process.stderr.write(`Installing ${packages.join(", ")} for the comparison ...\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", folder];
  // npm is a batch file on Windows, which only a shell starts.
  const shell = process.platform === "win32";
  const done = spawnSync("npm", ["install", ...options, ...packages], { encoding: "utf8", shell });
  if (done.status !== 0) {
    const said = done.error?.message ?? done.stderr.split("\n").find((line) => line.includes("error"));
    throw new Error(`npm ended with ${done.status ?? done.signal}: ${said ?? "no message"}`);
  }
  rmSync(join(folder, "node_modules", "@tensorflow"), { recursive: true, force: true });
  writeFileSync(stamp, wanted);
  return folder;
}
