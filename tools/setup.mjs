/**
 * Set-up: everything between a fresh checkout and a lab that runs. `npm start`, `npm test` and `npm run bench` call it;
 * `npm run setup` runs it alone and tries again what an earlier run had to leave out (the native engine).
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { library } from "./setup/build-step.mjs";
import { assertWritable, cureFor, SetupError } from "./setup/cures.mjs";
import { takeLock } from "./setup/lock.mjs";
import { nativeEngine } from "./setup/native.mjs";
import { kernelSpec, notebooks } from "./setup/notebooks.mjs";
import { nodeVersion, npmPackages } from "./setup/npm.mjs";
import { pathsOf, shown } from "./setup/paths.mjs";
import { makeProgress, secondsText } from "./setup/progress.mjs";
import { runSteps, StepError } from "./setup/steps.mjs";
import { tensorflowWheel } from "./setup/tensorflow.mjs";
import { pythonEnvironment, pythonPackages } from "./setup/venv.mjs";

export const steps = [
  nodeVersion,
  npmPackages,
  pythonEnvironment,
  pythonPackages,
  tensorflowWheel,
  nativeEngine,
  library,
  kernelSpec,
  notebooks,
];

/**
 * Brings the project into a state in which the lab runs.
 * @param {{ root?: string, env?: NodeJS.ProcessEnv, retry?: boolean, stream?: NodeJS.WriteStream,
 *           only?: readonly import("./setup/steps.mjs").Step[] }} [options] progress goes to `stream` (stderr), so that
 *   a command's own output stays clean
 * @returns {Promise<{ ran: string[], results: Record<string, unknown> }>}
 * @throws SetupError, after its sentence was shown
 */
export async function setUp(options = {}) {
  const { root, env = process.env, retry = false, stream = process.stderr, only = steps } = options;
  const paths = pathsOf(root);
  const progress = makeProgress({ stream });
  const started = performance.now();
  let release = () => undefined;
  const interrupted = (signal) => {
    progress.stop();
    release();
    stream.write(`\nSet-up was stopped. The same command goes on from here.\n`);
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.once(signal, interrupted);
  try {
    assertWritable(paths.root);
    const onWait = (pid) =>
      progress.say(`Another set-up (process ${pid ?? "?"}) is at work here; waiting for it.`);
    release = await takeLock(paths.lock, { onWait });
    const context = { paths, env, log: paths.log, onLine: (line) => progress.line(line), retry, results: {} };
    startLog(paths.log);
    const ran = await runSteps(only, context, progress);
    progress.say(
      ran.length === 0
        ? `Set-up: all is in place (${secondsText(performance.now() - started)}).`
        : `Set-up is done (${secondsText(performance.now() - started)}).`,
    );
    return { ran, results: context.results };
  } catch (error) {
    const sentence = cureFor(error, { root: paths.root, title: "Set-up" });
    if (!(error instanceof StepError)) stream.write(`✗ ${sentence}\n`);
    else stream.write(`The whole output is in ${shown(paths.root, paths.log)}.\n`);
    throw Object.assign(error instanceof SetupError ? error : new SetupError(sentence), { shown: true });
  } finally {
    release();
    for (const signal of signals) process.removeListener(signal, interrupted);
  }
}

/** The log of the last run that did something; one run's output is enough and a log must not grow for ever. */
function startLog(file) {
  if (fs.existsSync(file) && fs.statSync(file).size > 4 * 2 ** 20) fs.rmSync(file);
  fs.appendFileSync(
    file,
    `\n=== ${new Date().toISOString()} Node ${process.version} ${process.platform} ${process.arch}\n`,
  );
}

const isMain =
  process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(path.resolve(process.argv[1]))).href;
if (isMain) {
  try {
    await setUp({ retry: true });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.exitCode = 1;
  }
}
