/**
 * Trains two small transformers to learn linear functions from the examples in their input, one without and one with
 * noise in the examples, and measures them against least squares, ridge regression and guesses without a fit.
 *
 *   npx tsx bench/incontext/regression.ts [steps]
 *
 * Writes datasets/incontext-regression: model.json, models.safetensors (bfloat16), training.json (course and errors).
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fork, makeRng, tf, useEngine } from "../../src/engine";
import {
  averaging,
  errorCurve,
  initRegression,
  leastSquares,
  linearBatch,
  linearTasks,
  predictions,
  regressionLoss,
  regressionPredictions,
  ridge,
  zeroPredictor,
} from "../../src/prompt";
import type { LinearPredictor, LinearTask, RegressionConfig, RegressionParams } from "../../src/prompt";
import { loadRegression, saveRegression } from "../../src/prompt/node";
import type { RegressionModel } from "../../src/prompt/node";
import { disposeTraining, startTraining, train } from "../../src/train";
import { loadTraining, saveTraining } from "../../src/train/node";
import { countParams, mapTensors } from "../../src/tree";

const root = join(__dirname, "..", "..");
const folder = join(root, "datasets", "incontext-regression");
const steps = Number(process.argv[2] ?? 2000);
const seed = 1;
const batch = 64;
const config: RegressionConfig = { dimension: 4, points: 13, dModel: 64, nLayer: 3, nHead: 4 };
const noises = { clean: 0, noisy: 0.5 };
const schedule = { kind: "cosine", peak: 2e-3, warmup: 100, steps, final: 1e-5 } as const;
const size = { points: config.points, dimension: config.dimension };

async function main(): Promise<void> {
  await useEngine();
  const clean = await trained("clean");
  const noisy = await trained("noisy");
  await saveRegression(folder, { clean: clean.model, noisy: noisy.model });
  // What is judged is what is shipped: weights rounded to bfloat16.
  const shipped = await loadRegression(folder);
  const command = `npx tsx bench/incontext/regression.ts ${steps}`;
  const runs = [
    { name: "clean", ...clean.course, errors: await errors(shipped.clean) },
    { name: "noisy", ...noisy.course, errors: await errors(shipped.noisy) },
  ];
  const text = JSON.stringify({ command, seed, batch, steps, schedule, config, runs });
  writeFileSync(join(folder, "training.json"), `${text}\n`);
}

interface Trained {
  readonly model: RegressionModel;
  readonly course: {
    parameters: number;
    minutes: number;
    loss: number;
    curve: [step: number, loss: number][];
  };
}

/** Goes on where an earlier run of as many steps was interrupted. */
async function trained(name: "clean" | "noisy"): Promise<Trained> {
  const noise = noises[name];
  const checkpoint = join(root, ".lab", "incontext", `regression-${name}-${steps}.safetensors`);
  const first = initRegression(config, makeRng(seed));
  const { state, about } = existsSync(checkpoint)
    ? await loadTraining(checkpoint, first)
    : { state: startTraining(first, seed), about: { seconds: 0, mean: null, curve: [] } };
  const course = about as { seconds: number; mean: number | null; curve: [step: number, loss: number][] };
  const loop = train<RegressionParams, { xs: tf.Tensor; ys: tf.Tensor }>({
    state,
    steps,
    schedule,
    clip: 1,
    loss: (params, tasks, ctx) => regressionLoss(params, config, tasks, ctx),
    batch: (_, rng) => linearBatch(rng, { ...size, count: batch, noise }),
    optimizer: { beta2: 0.99, weightDecay: 0.01, decay: "matrices" },
    checkpoint: { every: 250, save: () => saveTraining(checkpoint, state, course) },
  });
  for await (const { step, loss, seconds } of loop) {
    course.seconds += seconds;
    course.mean = course.mean === null ? loss : course.mean + (loss - course.mean) / Math.min(step, 50);
    if (step % 50 === 0) course.curve.push([step, rounded(course.mean)]);
    if (step % 250 === 0) console.log(`${name}, step ${step}: ${course.mean.toFixed(4)}, ${course.seconds.toFixed(0)} s`); // prettier-ignore
  }
  const params = mapTensors(state.params, (tensor) => tensor.clone()) as RegressionParams;
  disposeTraining(state);
  const { seconds, mean, curve } = course;
  return {
    model: { config, noise, params },
    course: {
      parameters: countParams(params),
      minutes: rounded(seconds / 60),
      loss: rounded(mean ?? NaN),
      curve,
    },
  };
}

/** Of the model and of the plain learners, on functions that no training has seen. */
async function errors({ params, noise }: RegressionModel) {
  const tasks = linearTasks(fork(makeRng(seed), "test"), { ...size, count: 1024, noise });
  const far = linearTasks(fork(makeRng(seed), "far"), { ...size, count: 1024, noise, scale: 3 });
  const plain = (predictor: LinearPredictor) =>
    curveOf(
      tasks.map((task) => predictions(predictor, task)),
      tasks,
    );
  const said = async (of: readonly LinearTask[]) =>
    curveOf(await regressionPredictions(params, config, of), of);
  return {
    transformer: await said(tasks),
    leastSquares: plain(leastSquares),
    ...(noise > 0 ? { ridge: plain(ridge(noise ** 2)) } : {}),
    averaging: plain(averaging),
    zero: plain(zeroPredictor),
    /** x three times as long as in training; the error is that of y / 3. */
    transformerFar: (await said(far)).map((row) => row.map((value) => rounded(value / 9))),
  };
}

/** [mean, low, high] by number of examples. */
const curveOf = (said: readonly (readonly number[])[], tasks: readonly LinearTask[]): number[][] =>
  errorCurve(said, tasks).map(({ estimate, low, high }) => [estimate, low, high].map(rounded));

const rounded = (value: number): number => Number(value.toFixed(4));

void main();
