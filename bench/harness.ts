import { cpus, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";

type Rate = "MB/s" | "tokens/s" | "submissions/s";

/** Somebody who does the work of a case. */
export interface Contender {
  readonly name: string;
  /** Undone before each run, and not timed: an emptied cache, a fresh object. */
  readonly prepare?: () => void;
  /** Does the work once. A number returned is the time it took in seconds (a process that measured itself). */
  readonly run: () => void | number | Promise<void | number>;
}

/** One row group of the table. The first contender is ours; the others are compared with it. */
export interface Case {
  /** "MB/s" and the like: `amount` by the time, more is better. The others: the time itself, less is better. */
  readonly unit: Rate | "s" | "ms" | "µs";
  readonly amount?: number;
  readonly contenders: readonly Contender[];
  /** What a reader of the rows must know: who could not take part, and why. */
  readonly notes?: readonly string[];
  /** Called when the rows are measured. */
  readonly close?: () => void;
}

/** How many of a unit of time make a second. */
const perSecond = { s: 1, ms: 1e3, µs: 1e6 } as const;

const isRate = (unit: Case["unit"]): unit is Rate => unit.endsWith("/s");

/** Cases by name, in the order of the table. Each is made when its turn comes, so that one left out costs nothing. */
export type Cases = Readonly<Record<string, () => Case | Promise<Case>>>;

export interface Row {
  readonly case: string;
  readonly contender: string;
  readonly median: number;
  readonly unit: string;
  /** Least and greatest of all rounds. */
  readonly spread: readonly [number, number];
  /** How many times as fast as this contender ours is. */
  readonly ours: number;
}

interface Options {
  readonly json: boolean;
  readonly rounds: number;
  readonly chosen: readonly (readonly [string, Cases[string]])[];
}

function readOptions(cases: Cases): Options {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      only: { type: "string", default: "" },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 7));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`--rounds ${values.rounds}: it must be a whole number from 1 on.`);
  const chosen = Object.entries(cases).filter(([name]) => name.includes(values.only));
  if (chosen.length === 0) {
    const names = Object.keys(cases).join("\n  ");
    throw new RangeError(`--only ${values.only}: no case has this in its name. There are:\n  ${names}`);
  }
  return { json: values.json, rounds, chosen };
}

/**
 * Runs the cases that the command line asks for (--only TEXT: those with it in their name; --rounds N; --quick: less
 * text, one round). Prints a table, or with --json `{ machine, rows, notes }` and nothing else. Exit code 2 for a bad
 * option.
 */
export async function bench(title: string, cases: Cases): Promise<void> {
  let options: Options;
  try {
    options = readOptions(cases);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
    return;
  }
  const { json, rounds, chosen } = options;
  const rows: Row[] = [];
  const notes = new Set(busy());
  for (const [name, make] of chosen) {
    if (!json) process.stderr.write(`${name} ...\n`);
    const one = await make();
    try {
      rows.push(...(await runCase(name, one, rounds)));
      for (const note of one.notes ?? []) notes.add(note);
    } finally {
      one.close?.();
    }
  }
  const machine = `${cpus()[0]?.model.trim() ?? "?"}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  if (json) console.log(JSON.stringify({ machine, rows, notes: [...notes] }));
  else console.log(`\n${title}: ${machine}; median of ${rounds} alternating rounds\n\n${markdown(rows)}`);
  if (!json && notes.size > 0) console.log(`\n${[...notes].map((note) => `- ${note}`).join("\n")}`);
}

/** A warning where other work runs beside: those who use several threads then lose more than the others. */
function busy(): string[] {
  const load = loadavg()[0] as number;
  return load > 0.5
    ? [`The machine was busy at the start (load ${load.toFixed(1)}): trust the ratios little.`]
    : [];
}

/**
 * Measures one case: in each round every contender once, in an order that turns, so that a machine that slows down
 * slows all of them. A round before these warms the compilers up and does not count.
 */
export async function runCase(
  name: string,
  { unit, amount = 1, contenders }: Case,
  rounds: number,
): Promise<Row[]> {
  const values = contenders.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (let k = 0; k < contenders.length; k++) {
      const i = (k + round + 1) % contenders.length;
      const { prepare, run } = contenders[i];
      prepare?.();
      globalThis.gc?.();
      const start = performance.now();
      const own = await run();
      const seconds = typeof own === "number" ? own : (performance.now() - start) / 1000;
      if (round >= 0) values[i].push(isRate(unit) ? amount / seconds : seconds * perSecond[unit]);
    }
  }
  const medians = values.map(median);
  return contenders.map((contender, i) => ({
    case: name,
    contender: contender.name,
    median: medians[i],
    unit,
    spread: [Math.min(...values[i]), Math.max(...values[i])],
    ours: isRate(unit) ? medians[0] / medians[i] : medians[i] / medians[0],
  }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Three digits that count, and never an exponent. */
const digits = (value: number): string =>
  Math.abs(value) < 1000 ? value.toPrecision(3) : String(Number(value.toPrecision(3)));

/** The table as README shows it. */
export function markdown(rows: readonly Row[]): string {
  const lines = rows.map((row, i) => {
    const first = rows[i - 1]?.case !== row.case;
    const spread = row.spread.map(digits).join(" to ");
    return `| ${first ? row.case : ""} | ${row.contender} | ${digits(row.median)} ${row.unit} | ${spread} | ${first ? "" : `${digits(row.ours)} x`} |`;
  });
  return [
    "| case | contender | median | least to most | ours is faster by |",
    "|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}
