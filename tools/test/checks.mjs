/** The checks that read the sources: each counts as one test. */
import path from "node:path";
import { exec } from "../setup/exec.mjs";
import { makeProgress, secondsText } from "../setup/progress.mjs";

/** Name, and the program in node_modules with its arguments. */
export const checks = [
  { name: "lint", program: ["eslint", "bin", "eslint.js"], args: [".", "--max-warnings=0"] },
  {
    name: "format",
    program: ["prettier", "bin", "prettier.cjs"],
    args: ["--check", "--log-level=warn", "."],
  },
  { name: "types", program: ["typescript", "bin", "tsc"], args: ["-p", "tsconfig.check.json"] },
];

/**
 * Runs the checks side by side and shows what each of the failed ones said.
 * @param {typeof checks} list
 * @param {ReturnType<import("../setup/paths.mjs").pathsOf>} paths
 * @returns {Promise<{ passed: number, failed: { title: string, message: string }[] }>}
 */
export async function runChecks(list, paths) {
  const progress = makeProgress({ stream: process.stderr });
  const started = performance.now();
  progress.start(list.map((check) => check.name).join(", "));
  const outcomes = await Promise.all(
    list.map(async ({ name, program, args }) => {
      try {
        const file = path.join(paths.nodeModules, ...program);
        await exec(process.execPath, [file, ...args], { cwd: paths.root });
        return { name, ok: true, seconds: secondsText(performance.now() - started) };
      } catch (error) {
        return { name, ok: false, text: error.output || error.message };
      }
    }),
  );
  progress.stop();
  for (const { name, ok, seconds, text } of outcomes) {
    console.log(ok ? `✓ ${name}  ${seconds}` : `✗ ${name}\n${text}\n`);
  }
  const failed = outcomes.filter((outcome) => !outcome.ok);
  return {
    passed: outcomes.length - failed.length,
    failed: failed.map(({ name, text }) => ({ title: name, message: text.slice(0, 1500) })),
  };
}
