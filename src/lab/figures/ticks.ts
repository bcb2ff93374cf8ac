/** Axes: from values to a scale with round tick marks. */
export interface Scale {
  /** The value's place, 0 at the axis' start and 1 at its end. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
}

/** Round steps (1, 2, 2.5 or 5 times a power of ten) that cut [min, max] into about `count` parts. */
export function tickStep(min: number, max: number, count: number): number {
  const rough = (max - min) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const nice = lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10;
  return nice * power;
}

/** A linear scale that reaches out to the next round value at both ends. */
export function linearScale(low: number, high: number, count = 6, exact = false): Scale {
  if (low === high) {
    const pad = low === 0 ? 1 : Math.abs(low) * 0.1;
    return linearScale(low - pad, high + pad, count);
  }
  const step = tickStep(low, high, count);
  const first = exact ? Math.ceil(low / step - 1e-9) : Math.floor(low / step + 1e-9);
  const last = exact ? Math.floor(high / step + 1e-9) : Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => tidy((first + i) * step, step));
  const min = exact ? low : (ticks[0] ?? low);
  const max = exact ? high : (ticks[ticks.length - 1] ?? high);
  return { at: (value) => (value - min) / (max - min), ticks, min, max, log: false };
}

/** A logarithmic scale (both ends > 0) with ticks at powers of ten, and at 2 and 5 between them if few. */
export function logScale(low: number, high: number): Scale {
  const min = low === high ? low / 2 : low;
  const max = low === high ? high * 2 : high;
  const decades = Math.log10(max / min);
  const leads =
    decades > 4 ? [1] : decades > 2 ? [1, 3] : decades > 0.7 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  const every = Math.max(1, Math.ceil(decades / 8));
  const ticks: number[] = [];
  const from = Math.floor(Math.log10(min));
  for (let power = from; power <= Math.ceil(Math.log10(max)); power++) {
    if ((power - from) % every !== 0) continue;
    for (const lead of leads) {
      const tick = Number((lead * 10 ** power).toPrecision(12));
      if (tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9)) ticks.push(tick);
    }
  }
  const span = Math.log(max / min);
  return { at: (value) => Math.log(value / min) / span, ticks, min, max, log: true };
}

/** 0.30000000000000004 -> 0.3: a tick holds no more digits than its step. */
const tidy = (value: number, step: number): number =>
  Number(value.toFixed(Math.min(20, Math.max(0, 1 - Math.floor(Math.log10(step))))));
