/**
 * The learning rate of each step, as plain data. All begin with a warm-up: a line from near 0 up to `peak`, which is
 * reached at step `warmup` (Vaswani et al. 2017, section 5.3). What comes then has the schedule's name.
 */
export type Schedule = {
  /** The highest learning rate. */
  readonly peak: number;
  /** Steps of the warm-up; 0 without it. */
  readonly warmup?: number;
} & (
  | { readonly kind: "constant" }
  /** peak sqrt((warmup + 1) / (step + 1)): the original Transformer's, where peak is (dModel warmup)^-1/2. */
  | { readonly kind: "inverseSqrt" }
  /** Down to `final` (0 without it) at step `steps`, on a line or on half a cosine (Loshchilov and Hutter 2017). */
  | { readonly kind: "linear" | "cosine"; readonly steps: number; readonly final?: number }
);

/**
 * The learning rate of a step.
 *
 *     warm-up       peak (step + 1) / (warmup + 1)                           step < warmup
 *     linear        peak + (final - peak) p                                  p = (step - warmup) / (steps - warmup)
 *     cosine        final + (peak - final) (1 + cos(pi p)) / 2
 *
 * The warm-up is nanoGPT's: the first step is not lost on a rate of 0.
 *
 * @param step updates done before, from 0
 * @throws RangeError for a step or a schedule that makes no sense, naming the field
 */
export function learningRateAt(schedule: Schedule, step: number): number {
  checkSchedule(schedule);
  if (!Number.isInteger(step) || step < 0)
    throw new RangeError(`learningRateAt: step must be a whole number from 0, got ${step}`);
  const { peak, warmup = 0 } = schedule;
  if (step < warmup) return (peak * (step + 1)) / (warmup + 1);
  if (schedule.kind === "constant") return peak;
  if (schedule.kind === "inverseSqrt") return peak * Math.sqrt((warmup + 1) / (step + 1));
  const { steps, final = 0 } = schedule;
  if (step >= steps) return final;
  const part = (step - warmup) / (steps - warmup);
  const left = schedule.kind === "linear" ? 1 - part : (1 + Math.cos(Math.PI * part)) / 2;
  return final + (peak - final) * left;
}

/** @throws RangeError that names the field and what it must be */
export function checkSchedule(schedule: Schedule): void {
  const { kind, peak, warmup = 0 } = schedule;
  const wrong = (field: string, must: string, got: unknown): RangeError =>
    new RangeError(`schedule: ${field} must be ${must}, got ${String(got)}`);
  if (!["constant", "linear", "cosine", "inverseSqrt"].includes(kind))
    throw wrong("kind", "constant, linear, cosine or inverseSqrt", kind);
  if (!(peak > 0 && peak < Infinity)) throw wrong("peak", "a number above 0", peak);
  if (!Number.isInteger(warmup) || warmup < 0) throw wrong("warmup", "a whole number from 0", warmup);
  if (schedule.kind !== "linear" && schedule.kind !== "cosine") return;
  const { steps, final = 0 } = schedule;
  if (!Number.isInteger(steps) || steps <= warmup)
    throw wrong("steps", `a whole number above the warm-up's ${warmup}`, steps);
  if (!(final >= 0 && final <= peak)) throw wrong("final", `from 0 to the peak ${peak}`, final);
}
