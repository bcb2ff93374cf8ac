import path from "node:path";
import type { Measurement } from "../../lab/measured";
import { duration } from "../../lab/progress";
import type { RunEvent, RunFailure, RunResult } from "./execute";

/** Shows how far a run is, on standard error: a bar on a terminal, a line for each cell elsewhere. */
export function progressOn(out: NodeJS.WriteStream, name: string): (event: RunEvent) => void {
  let cells = 0;
  let ended = 0;
  const started = performance.now();
  let ticking: NodeJS.Timeout | undefined;
  const bar = (): void => {
    const filled = Math.round((20 * ended) / Math.max(1, cells));
    const at = Math.min(ended + 1, cells);
    const time = duration((performance.now() - started) / 1000);
    out.write(`\r\x1b[K[${"#".repeat(filled).padEnd(20, ".")}] ${name}: cell ${at}/${cells}, ${time}`);
  };
  return (event) => {
    if (event.event === "open") {
      cells = event.cells;
      if (out.isTTY) ticking = setInterval(bar, 500).unref();
    }
    if (event.event === "cell") {
      ended = event.cell;
      if (!out.isTTY) out.write(`${name}: cell ${event.cell}/${cells}, ${event.seconds.toFixed(1)} s\n`);
    }
    if (event.event === "done" || event.event === "failed") {
      clearInterval(ticking);
      if (out.isTTY) out.write("\r\x1b[K");
    } else if (out.isTTY) bar();
  };
}

/** What a person reads at the end of `lab run`. */
export function runReport(root: string, notebook: string, result: RunResult): string {
  const name = path.relative(root, notebook);
  const { failure, measured, seconds } = result;
  const out = measured.filter(({ ok }) => !ok).length;
  const verdict = result.stopped
    ? "stopped"
    : failure
      ? failureHead(failure)
      : out > 0
        ? `${out} of ${measured.length} measured numbers out of band`
        : "ran to its end";
  const parts = [`${result.ok ? "✓" : "✗"} ${name}: ${verdict} (${duration(seconds)})`];
  if (failure) parts.push(failureText(failure));
  if (measured.length > 0) parts.push(measuredTable(measured));
  return parts.join("\n\n");
}

function failureHead({ kind, cell, message }: RunFailure): string {
  if (kind === "start") return `could not be run: ${message}`;
  return kind === "error" ? `cell ${cell} failed` : `cell ${cell}: ${message}`;
}

function failureText({ kind, cell, message, source, traceback }: RunFailure): string {
  if (kind === "start") return "Does `npm run setup` go through? It writes the kernel that notebooks need.";
  const lines = source.split("\n");
  const shown = lines.slice(0, 12).map((line, i) => `  ${String(i + 1).padStart(3)} | ${line}`);
  if (lines.length > 12) shown.push(`      | ... ${lines.length - 12} more lines`);
  const error = traceback && traceback.length > 0 ? traceback : [message];
  return [`Code cell ${cell}:`, ...shown, "", ...error.map((line) => `  ${line}`)].join("\n");
}

function measuredTable(measured: readonly Measurement[]): string {
  const number = (x: number | null, unit = ""): string =>
    x === null ? "NaN" : `${Number.isInteger(x) ? x : Number(x.toPrecision(4))}${unit && ` ${unit}`}`;
  const rows = measured.map(({ name, value, band: [lo, hi], ok, unit, reference, source }) => [
    name,
    number(value, unit),
    `${lo === null ? "…" : number(lo)} to ${hi === null ? "…" : number(hi)}`,
    [reference === undefined ? "" : number(reference, unit), source && `(${source})`]
      .filter(Boolean)
      .join(" "),
    ok ? "ok" : "OUT OF BAND",
  ]);
  const table = [["measured", "value", "band", "reference", ""], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd())
    .join("\n");
}
