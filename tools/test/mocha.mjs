/** The tests, in mocha, in a process of their own: a test that takes the process down is counted as a failure. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { ensureChromium } from "../setup/chromium.mjs";
import { filesUnder, readJson } from "../setup/files.mjs";
import { makeProgress } from "../setup/progress.mjs";

/**
 * The files to run.
 * @param {ReturnType<import("../setup/paths.mjs").pathsOf>} paths
 * @param {string} [only] a folder or file under test/, e.g. "text", "text/bpe", "datasets"
 * @throws Error that names what there is
 */
export function specsOf(paths, only) {
  const tests = path.join(paths.root, "test");
  if (only === undefined) return [path.join(tests, "**", "*.test.ts")];
  const target = path.resolve(tests, only);
  if (target === tests || target.startsWith(tests + path.sep)) {
    if (fs.existsSync(target) && fs.statSync(target).isDirectory())
      return [path.join(target, "**", "*.test.ts")];
    const file = [target, `${target}.ts`, `${target}.test.ts`].find(
      (name) => name.endsWith(".test.ts") && fs.existsSync(name),
    );
    if (file) return [file];
  }
  const files = filesUnder(tests).filter((name) => name.endsWith(".test.ts"));
  const first = (name) =>
    path
      .relative(tests, name)
      .split(path.sep)[0]
      .replace(/\.test\.ts$/, "");
  const names = [...new Set(files.map(first))].join(", ");
  throw new Error(`There are no tests at test/${only}. There is: ${names}`);
}

/** What the browser test reads: CHROMIUM, or in LAB_NO_CHROMIUM the reason why there is none. */
async function browserEnv(paths, specs) {
  const browser = path.join(paths.root, "test", "browser") + path.sep;
  const reached = specs.some((spec) => spec.startsWith(browser) || browser.startsWith(spec.split("**")[0]));
  if (!reached) return {};
  const progress = makeProgress({ stream: process.stderr });
  progress.start("Chromium for the browser test");
  const onLine = (line) => progress.line(line);
  const outcome = await ensureChromium({ root: paths.root, log: paths.log, onLine });
  if ("reason" in outcome) {
    progress.partly(outcome.reason);
    return { LAB_NO_CHROMIUM: outcome.reason };
  }
  if (outcome.installed) progress.done("installed by apt-get");
  else progress.stop();
  return { CHROMIUM: outcome.path };
}

/**
 * @param {{ paths: ReturnType<import("../setup/paths.mjs").pathsOf>, specs: readonly string[], grep?: string,
 *           coverage?: boolean }} options
 * @returns {Promise<{ passed: number, failed: number, skipped: { title: string, reason: string }[] }>}
 */
export async function runMocha({ paths, specs, grep, coverage = false }) {
  const outcomeFile = path.join(paths.state, `tests-${process.pid}.json`);
  const env = { ...process.env, ...(await browserEnv(paths, specs)), LAB_TEST_OUTCOME: outcomeFile };
  const at = (...parts) => path.join(paths.nodeModules, ...parts);
  const coverageArgs = [at("c8", "bin", "c8.js"), "--include=src/**", "--reporter=text", "--reporter=html"];
  const args = [
    ...(coverage ? [...coverageArgs, process.execPath] : []),
    at("mocha", "bin", "mocha.js"),
    ...["--reporter", path.join(paths.root, "tools", "reporter.cjs")],
    // A forgotten `.only` would pass with most tests left out.
    ...(grep === undefined ? ["--forbid-only"] : ["--grep", grep]),
    ...specs.flatMap((spec) => ["--spec", spec]),
  ];
  const code = await inherit(process.execPath, args, { cwd: paths.root, env });
  const outcome = readJson(outcomeFile);
  fs.rmSync(outcomeFile, { force: true });
  if (!outcome?.finished) {
    console.error(`\nThe test process ended before its tests did (${code}).`);
    return {
      passed: outcome?.passed ?? 0,
      failed: (outcome?.failed ?? 0) + 1,
      skipped: outcome?.skipped ?? [],
    };
  }
  if (outcome.passed + outcome.failed + outcome.skipped.length === 0) {
    console.error("\nNo test ran: nothing matches.");
    return { ...outcome, failed: 1 };
  }
  // Mocha's exit code also knows what its reporter does not see.
  const failed = code !== 0 && outcome.failed === 0 ? 1 : outcome.failed;
  return { passed: outcome.passed, failed, skipped: outcome.skipped };
}

/** Runs a program on this terminal; Ctrl-C reaches it as well, and ends us when it has ended. */
function inherit(file, args, options) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: "inherit" });
    const forward = (signal) => child.kill(signal);
    process.on("SIGINT", forward);
    process.on("SIGTERM", forward);
    const end = (code) => {
      process.removeListener("SIGINT", forward);
      process.removeListener("SIGTERM", forward);
      resolve(code);
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => end(code ?? signal));
  });
}
