/**
 * Proximal policy optimisation of a language model: answers are drawn, scored, and made likelier or less likely.
 *
 * Schulman et al. 2017; for language models Ziegler et al. 2019, Stiennon et al. 2020, Ouyang et al. 2022, section 3.5.
 * One iteration: draw a batch of answers; score them; a KL penalty and an advantage for each token; some epochs of steps.
 */
import { fork, shuffle, tf } from "../engine";
import type { Rng } from "../engine";
import { intsTensor } from "../data";
import { isStopped, learningRateAt, take, trainPrograms } from "../train";
import type { TrainPrograms } from "../train";
import { disposeTree } from "../tree";
import { checkPpo } from "./ppoCheck";
import type { PpoConfig, PpoRecord } from "./ppoConfig";
import { klError, lossError } from "./ppoError";
import { ppoLoss } from "./ppoLoss";
import type { PpoBatch, PpoParams } from "./ppoLoss";
import { logProgram, lookProgram, ppoExperience, stepDivergence } from "./experience";
import type { Experience, LogProgram, LookProgram } from "./experience";
import { rollout } from "./rollout";
import type { Drawn } from "./rollout";

/**
 * Runs PPO, and tells of each iteration. Breaking out of the loop leaves the state after the last record's iteration;
 * the same state, seed and engine go on as if the run had never stopped.
 *
 * ```ts
 * const copy = (tree) => mapTensors(tree, (tensor) => tensor.clone());
 * const state = startTraining({ policy: copy(model.params), value: copy(rewardModel) }, 1);
 * for await (const { iteration, reward, kl } of ppo({ model, state, prompts, score, ... })) console.log(reward, kl);
 * ```
 * @throws RangeError for a bad option; PpoError where a score or a loss is not finite or the KL explodes: the state is
 *   then as it was before that iteration, and no checkpoint is written
 */
export async function* ppo<P>(config: PpoConfig<P>): AsyncGenerator<PpoRecord> {
  checkPpo(config);
  const { state, iterations, checkpoint } = config;
  const programs = programsOf(config);
  let saved = state.step;
  const save = async (): Promise<void> => {
    if (!checkpoint || saved === state.step) return;
    await checkpoint.save(state);
    saved = state.step;
  };
  try {
    while (state.step < iterations && !isStopped(config.stop)) {
      const rng = fork(fork(state.rng, "ppo"), state.step);
      const [answers, generate] = await timed(() => answersOf(config, rng));
      const [seen, score] = await timed(() => ppoExperience(config, programs.look, answers));
      try {
        const [learned, learn] = await timed(() => learnFrom(config, programs, seen, answers, rng));
        const { params, optimizer, ...told } = learned;
        disposeTree([state.params, state.optimizer]);
        Object.assign(state, { params, optimizer, step: state.step + 1 });
        if (checkpoint && state.step % checkpoint.every === 0) await save();
        yield { iteration: state.step, ...seen.told, ...told, seconds: { generate, score, learn }, answers, scores: seen.scores }; // prettier-ignore
      } finally {
        disposeTree([seen.ids, seen.input]);
      }
    }
    await save();
  } finally {
    programs.look.dispose();
    programs.logs.dispose();
    programs.step.dispose();
  }
}

interface Programs<P> {
  readonly look: LookProgram<P>;
  readonly logs: LogProgram<P>;
  readonly step: TrainPrograms<PpoParams<P>, PpoBatch>;
}

/** Compiled once for all iterations. */
function programsOf<P>({ model, coefficients, ptx, optimizer, gradientClip }: PpoConfig<P>): Programs<P> {
  const all = {
    clip: 0.2,
    valueClip: 0.2,
    valueCoefficient: 0.1,
    ...coefficients,
    ptx: ptx?.coefficient ?? 0,
  };
  return {
    look: lookProgram(model),
    logs: logProgram(model),
    step: trainPrograms({
      loss: ppoLoss(model, all),
      optimizer: { weightDecay: 0, ...optimizer },
      ...(gradientClip === undefined ? {} : { clip: gradientClip }),
    }),
  };
}

/** Draws an answer to each prompt of the iteration. */
function answersOf<P>(config: PpoConfig<P>, rng: Rng): Promise<Drawn[]> {
  const { model, state, upper, maxNewTokens, end, prompts } = config;
  const { policy } = state.params;
  const writer = upper ? upper.writer(policy) : { ...model, params: policy };
  const options = { maxNewTokens, rng: fork(rng, "answers"), ...(end === undefined ? {} : { end }) };
  return rollout(writer, prompts(state.step, fork(rng, "prompts")), options);
}

/** Some epochs of steps. The state's own tensors stay, so that a failure leaves them as they were. */
async function learnFrom<P>(
  config: PpoConfig<P>,
  { step, logs }: Programs<P>,
  seen: Experience,
  answers: readonly Drawn[],
  rng: Rng,
) {
  const { state, epochs, minibatches, schedule, maxKl = 200 } = config;
  const rate = typeof schedule === "number" ? schedule : learningRateAt(schedule, state.step);
  const iteration = state.step + 1;
  const count = seen.scores.length;
  if (count % minibatches !== 0)
    throw new RangeError(`ppo: ${count} answers do not make ${minibatches} minibatches of one size`);
  const size = count / minibatches;
  let { params, optimizer } = state;
  let [loss, gradNorm, steps] = [0, 0, 0];
  const give = (): void => {
    if (params !== state.params) disposeTree([params, optimizer]);
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle(fork(fork(rng, "order"), epoch), [...Array(count).keys()]);
    for (let part = 0; part < minibatches; part++) {
      const rows = order.slice(part * size, (part + 1) * size);
      const own = fork(fork(rng, "step"), steps);
      const batch = { ...seen.batch(rows), ...ptxFields(config, own) };
      const learningRate = tf.scalar(rate);
      const next = step.run(params, optimizer, batch, learningRate, own);
      disposeTree([batch, learningRate]);
      give();
      ({ params, optimizer } = next);
      const [ownLoss, ownNorm] = [await take(next.loss), await take(next.gradNorm)];
      if (!Number.isFinite(ownLoss) || !Number.isFinite(ownNorm)) {
        give();
        throw lossError(iteration, ownLoss, ownNorm, rate);
      }
      [loss, gradNorm, steps] = [loss + ownLoss, gradNorm + ownNorm, steps + 1];
    }
  }
  const moved = await stepDivergence(config, logs, params.policy, seen, answers);
  if (!(moved.stepKl <= maxKl)) {
    give();
    throw klError(iteration, moved.stepKl, maxKl, "those that it learned from");
  }
  return { params, optimizer, loss: loss / steps, gradNorm: gradNorm / steps, learningRate: rate, ...moved };
}

/** A batch of the pretraining mix. */
function ptxFields<P>({ ptx, upper }: PpoConfig<P>, rng: Rng): Partial<PpoBatch> {
  if (!ptx) return {};
  const { inputs, labels } = ptx.batch(fork(rng, "ptx"));
  const ids = intsTensor(inputs);
  if (!upper) return { ptxInput: ids, ptxLabels: intsTensor(labels) };
  const ptxInput = upper.read(ids);
  ids.dispose();
  return { ptxInput, ptxLabels: intsTensor(labels) };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const result = await work();
  return [result, (performance.now() - started) / 1000];
}
