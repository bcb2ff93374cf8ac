import { escapeHtml } from "./figures/escape";
import { kernel, terminal } from "./kernel";

/** A bar that is moved by hand. */
export interface Progress {
  /** Moves on by `count` (1 if left out); `note` is shown behind the bar, e.g. "loss 2.31". */
  step(count?: number, note?: string): void;
  /** Draws the final state. Safe to call twice. */
  end(): void;
}

/** At most this many milliseconds pass between two drawings while steps come in. */
const DRAW_EVERY_MS = 100;

/**
 * A progress bar with rate and remaining time: in a notebook it is one updating output, in a terminal one line;
 * where standard output is a file, nothing is written.
 *
 *     for (const file of progress(files, "reading")) { ... }
 *     for await (const step of progress(train(...), "training", 500)) { ... }
 *     const bar = progress(500, "training"); bar.step(); bar.end();
 *
 * @param items what to go through, or the number of steps
 * @param total number of items where `items` does not know it (generators): without it no remaining time is shown
 */
export function progress(total: number, label?: string): Progress;
export function progress<T>(items: Iterable<T>, label?: string, total?: number): Generator<T, void>;
export function progress<T>(items: AsyncIterable<T>, label?: string, total?: number): AsyncGenerator<T, void>;
export function progress<T>(
  items: number | Iterable<T> | AsyncIterable<T>,
  label = "",
  total?: number,
): Progress | Generator<T, void> | AsyncGenerator<T, void> {
  if (typeof items === "number") return bar(items, label);
  if (Symbol.asyncIterator in items) return overAsync(items, bar(total, label));
  return over(items, bar(total ?? sizeOf(items), label));
}

function* over<T>(items: Iterable<T>, shown: Progress): Generator<T, void> {
  try {
    for (const item of items) {
      yield item;
      shown.step();
    }
  } finally {
    shown.end();
  }
}

async function* overAsync<T>(items: AsyncIterable<T>, shown: Progress): AsyncGenerator<T, void> {
  try {
    for await (const item of items) {
      yield item;
      shown.step();
    }
  } finally {
    shown.end();
  }
}

function sizeOf(items: Iterable<unknown>): number | undefined {
  if (Array.isArray(items) || ArrayBuffer.isView(items)) return (items as { length: number }).length;
  return items instanceof Set || items instanceof Map ? items.size : undefined;
}

function bar(total: number | undefined, label: string): Progress {
  if (total !== undefined && !(total >= 0))
    throw new RangeError(`progress: total must be 0 or more, got ${total}`);
  const draw = kernel.labDisplay ? notebookBar(kernel.labDisplay) : terminalBar();
  const started = performance.now();
  let done = 0;
  let note = "";
  let drawnAt = -Infinity;
  let ended = false;
  const paint = () => {
    drawnAt = performance.now();
    draw({ label, done, total, note, seconds: (drawnAt - started) / 1000, ended });
  };
  return {
    step: (count = 1, message = note) => {
      done += count;
      note = message;
      if (!ended && performance.now() - drawnAt >= DRAW_EVERY_MS) paint();
    },
    end: () => {
      if (ended) return;
      ended = true;
      paint();
    },
  };
}

export interface ProgressState {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly note: string;
  readonly seconds: number;
  readonly ended: boolean;
}

/** "training 120/500, 24 %, 40.1/s, 9.5 s left, loss 2.31" */
export function progressText({ label, done, total, note, seconds, ended }: ProgressState): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [total === undefined ? `${label} ${done}` : `${label} ${done}/${total}`];
  if (total) parts.push(`${Math.round((100 * done) / total)} %`);
  if (rate > 0) parts.push(`${rate >= 100 ? Math.round(rate) : rate.toPrecision(3)}/s`);
  if (ended) parts.push(`${duration(seconds)}`);
  else if (total && rate > 0) parts.push(`${duration((total - done) / rate)} left`);
  if (note) parts.push(note);
  return parts.join(", ").trim();
}

/** 0.4 s, 12 s, 3 min 20 s, 2 h 5 min */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

type Draw = (state: ProgressState) => void;

function notebookBar(display: NonNullable<typeof kernel.labDisplay>): Draw {
  const id = globalThis.crypto.randomUUID();
  let drawn = false;
  return (state) => {
    const text = progressText(state);
    const part = state.total ? Math.min(1, state.done / state.total) : state.ended ? 1 : 0.5;
    const source =
      `<div role="progressbar" aria-valuenow="${Math.round(100 * part)}" style="width:240px;height:8px;border-radius:4px;` +
      `background:#8884;display:inline-block;vertical-align:middle;margin-right:8px">` +
      `<div style="width:${(100 * part).toFixed(1)}%;height:8px;border-radius:4px;background:#2f7ed8"></div></div>` +
      `<span>${escapeHtml(text)}</span>`;
    display({ "text/html": source, "text/plain": text }, { id, update: drawn });
    drawn = true;
  };
}

function terminalBar(): Draw {
  const out = terminal();
  if (!out) return () => undefined;
  return (state) => {
    const part = state.total ? Math.min(1, state.done / state.total) : 0;
    const filled = "#".repeat(Math.round(20 * part)).padEnd(20, ".");
    const line = `[${filled}] ${progressText(state)}`.slice(0, Math.max(20, (out.columns || 100) - 1));
    out.write(`\r\x1b[K${line}${state.ended ? "\n" : ""}`);
  };
}
