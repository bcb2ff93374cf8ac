import { checkSchedule } from "./schedules";
import type { Fields, TrainConfig } from "./loop";

/** Why a run could not go on. The state is as it was before the step. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  constructor(
    /** What is no longer a finite number. */
    readonly reason: "loss is not finite" | "gradient is not finite",
    /** The step that failed, from 0: the parameters before it are still in the state. */
    readonly step: number,
    message: string,
  ) {
    super(message);
  }
}

/** @throws TrainingError, after `free()`, where loss or gradient is NaN or infinite */
export function checkFinite(
  step: number,
  loss: number,
  gradNorm: number,
  learningRate: number,
  free: () => void,
): void {
  if (Number.isFinite(loss) && Number.isFinite(gradNorm)) return;
  free();
  const [reason, said] = Number.isFinite(loss)
    ? (["gradient is not finite", `the loss is ${loss}, but the gradient's length is ${gradNorm}`] as const)
    : (["loss is not finite", `the loss is ${loss}`] as const);
  throw new TrainingError(
    reason,
    step,
    `Training stopped in step ${step + 1}: ${said}, at a learning rate of ${learningRate}. The parameters are as they ` +
      "were before this step, and the last checkpoint is untouched. Cure: a lower peak of the schedule, a longer " +
      "warm-up, clip: 1; and check that the batch's ids and labels are in range",
  );
}

/** @throws RangeError that names the field, what it must be and what came */
export function checkTrain<P, B extends Fields<B>>(config: TrainConfig<P, B>): void {
  const { state, steps, schedule, evaluate, checkpoint } = config;
  const whole = (field: string, value: number | undefined, least: number): void => {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < least))
      throw new RangeError(`train: ${field} must be a whole number from ${least}, got ${value}`);
  };
  whole("steps", steps, 0);
  whole("state.step", state.step, 0);
  whole("evaluate.every", evaluate?.every, 1);
  whole("checkpoint.every", checkpoint?.every, 1);
  if (evaluate && evaluate.batches.length === 0)
    throw new RangeError("train: evaluate.batches is empty. Cure: leave `evaluate` out, or give it batches");
  if (typeof schedule !== "number") checkSchedule(schedule);
  else if (!(schedule > 0 && schedule < Infinity))
    throw new RangeError(`train: schedule must be a learning rate above 0 or a schedule, got ${schedule}`);
}
