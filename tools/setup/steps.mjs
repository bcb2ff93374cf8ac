/**
 * Runs the steps of set-up. A step whose inputs did not change and whose result is there is passed over, so a second
 * run takes no time and an interrupted one goes on where it stopped.
 */
import { readJson, writeJson } from "./files.mjs";
import { cureFor, SetupError } from "./cures.mjs";

/**
 * @typedef {object} Context what a step works with
 * @property {ReturnType<import("./paths.mjs").pathsOf>} paths
 * @property {NodeJS.ProcessEnv} env
 * @property {string} [log] the file for the whole output of programs
 * @property {(line: string) => void} onLine the newest line of output
 * @property {boolean} retry also try again what failed before without stopping set-up
 * @property {Record<string, unknown>} results what earlier steps returned, by id
 */

/**
 * @typedef {object} Step
 * @property {string} id
 * @property {string} title
 * @property {(context: Context) => string | Promise<string>} key a hash of everything that the result depends on
 * @property {(context: Context) => boolean | Promise<boolean>} present a cheap look: is the result really there?
 * @property {(context: Context) => unknown} run does the work; what it returns (JSON) is kept with the stamp.
 *   `{ note }` is shown; `{ missing }` says that the step did what it could and what is lacking.
 */

/** A step that stopped set-up. `message` is one sentence with the cure. */
export class StepError extends SetupError {
  constructor(step, message, cause) {
    super(message);
    this.name = "StepError";
    this.step = step;
    this.cause = cause;
  }
}

/**
 * @param {readonly Step[]} steps
 * @param {Context} context
 * @param {ReturnType<import("./progress.mjs").makeProgress>} progress
 * @returns {Promise<string[]>} the ids of the steps that had to run
 * @throws StepError
 */
export async function runSteps(steps, context, progress) {
  const file = context.paths.stamps;
  const ran = [];
  for (const step of steps) {
    try {
      const key = await step.key(context);
      const stamp = readJson(file)?.[step.id];
      const tryAgain = context.retry && stamp?.result?.missing !== undefined;
      if (stamp?.key === key && !tryAgain && (await step.present(context))) {
        context.results[step.id] = stamp.result;
        continue;
      }
      // No stamp while the step works: if it is interrupted, the next run does it again.
      if (stamp) stampStep(file, step.id, undefined);
      progress.start(step.title);
      const started = performance.now();
      const result = (await step.run(context)) ?? {};
      const seconds = Number(((performance.now() - started) / 1000).toFixed(2));
      // The key again: a step may make what its key is taken from.
      stampStep(file, step.id, { key: await step.key(context), result, seconds });
      context.results[step.id] = result;
      ran.push(step.id);
      if (result.missing) progress.partly(result.missing);
      else progress.done(result.note);
    } catch (error) {
      const sentence = cureFor(error, { root: context.paths.root, title: step.title });
      progress.start(step.title);
      progress.fail(sentence);
      throw new StepError(step.id, sentence, error);
    }
  }
  return ran;
}

function stampStep(file, id, stamp) {
  const stamps = readJson(file) ?? {};
  if (stamp) stamps[id] = stamp;
  else delete stamps[id];
  writeJson(file, stamps);
}
