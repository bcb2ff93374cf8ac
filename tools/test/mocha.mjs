/** The tests, in mocha, in a process of their own: a test that takes the process down is counted as a failure. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
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

/** Folders of the tests that run or show the chapters: half of all the time. */
const chapters = ["browser", "demo", "kernel"];

/**
 * What runs side by side: the whole suite in two halves, since neither keeps two cores busy all the time; a part of it,
 * or the whole where there is no room for two, in one.
 * @returns {{ specs: readonly string[], ignore: readonly string[] }[]}
 */
function halvesOf(paths, specs, coverage) {
  const tests = path.join(paths.root, "test");
  const whole = specs[0] === specsOf(paths)[0];
  if (!whole || coverage || os.cpus().length < 2 || os.totalmem() < 8e9) return [{ specs, ignore: [] }];
  const folders = chapters.map((name) => path.join(tests, name, "**", "*.test.ts"));
  return [
    { specs: folders, ignore: [] },
    { specs, ignore: folders },
  ];
}

/**
 * @param {{ paths: ReturnType<import("../setup/paths.mjs").pathsOf>, specs: readonly string[], grep?: string,
 *           coverage?: boolean }} options
 * @returns {Promise<{ passed: number, failed: { title: string, message: string }[],
 *   skipped: { title: string, reason: string }[], seconds: Record<string, number> }>} seconds by file
 */
export async function runMocha({ paths, specs, grep, coverage = false }) {
  const env = { ...process.env, ...(await browserEnv(paths, specs)) };
  const running = [];
  for (const half of halvesOf(paths, specs, coverage))
    running.push(
      runHalf({ paths, ...half, grep, coverage, env, number: running.length, after: running.at(-1) }),
    );
  const total = { passed: 0, failed: [], skipped: [], seconds: {} };
  for (const { passed, failed, skipped, seconds } of await Promise.all(running)) {
    total.passed += passed;
    total.failed.push(...failed);
    total.skipped.push(...skipped);
    Object.assign(total.seconds, seconds);
  }
  if (total.passed + total.failed.length + total.skipped.length > 0) return total;
  return { ...total, failed: [{ title: "no test ran", message: "Nothing matches." }] };
}

/** One mocha. What it prints is kept back until `after` has ended, so that the halves can be read. */
async function runHalf({ paths, specs, ignore, grep, coverage, env, number, after }) {
  const outcomeFile = path.join(paths.state, `tests-${process.pid}-${number}.json`);
  const at = (...parts) => path.join(paths.nodeModules, ...parts);
  const coverageArgs = [at("c8", "bin", "c8.js"), "--include=src/**", "--reporter=text", "--reporter=html"];
  const args = [
    ...(coverage ? [...coverageArgs, process.execPath] : []),
    at("mocha", "bin", "mocha.js"),
    ...["--reporter", path.join(paths.root, "tools", "reporter.cjs")],
    // A forgotten `.only` would pass with most tests left out.
    ...(grep === undefined ? ["--forbid-only"] : ["--grep", grep]),
    ...specs.flatMap((spec) => ["--spec", spec]),
    ...ignore.flatMap((spec) => ["--ignore", spec]),
  ];
  const options = { cwd: paths.root, env: { ...env, LAB_TEST_OUTCOME: outcomeFile } };
  const code = await runAfter(process.execPath, args, options, after);
  const outcome = readJson(outcomeFile);
  fs.rmSync(outcomeFile, { force: true });
  if (!outcome?.finished) {
    const ended = { title: "mocha", message: `The test process ended before its tests did (${code}).` };
    return {
      passed: outcome?.passed ?? 0,
      failed: [...(outcome?.failed ?? []), ended],
      skipped: outcome?.skipped ?? [],
      seconds: outcome?.seconds ?? {},
    };
  }
  // Mocha's exit code also knows what its reporter does not see.
  if (code !== 0 && outcome.failed.length === 0)
    outcome.failed.push({ title: "mocha", message: `It ended with code ${code}.` });
  return outcome;
}

/**
 * Runs a program; Ctrl-C reaches it as well, and ends us when it has ended. It prints on this terminal, or, where
 * something else does so first, after that.
 */
function runAfter(file, args, options, after) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: after ? ["ignore", "pipe", "pipe"] : "inherit" });
    if (after) {
      const kept = [];
      let print = (chunk) => kept.push(chunk);
      child.stdout.on("data", (chunk) => print(chunk));
      child.stderr.on("data", (chunk) => print(chunk));
      after.finally(() => {
        print = (chunk) => process.stdout.write(chunk);
        kept.forEach(print);
      });
    }
    const forward = (signal) => child.kill(signal);
    process.on("SIGINT", forward);
    process.on("SIGTERM", forward);
    const end = async (code) => {
      process.removeListener("SIGINT", forward);
      process.removeListener("SIGTERM", forward);
      await after;
      resolve(code);
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => end(code ?? signal));
  });
}
