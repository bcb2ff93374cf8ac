import { send } from "./display";
import { escapeHtml } from "./figures/escape";
import { formatNumber } from "./figures/numbers";

export interface MeasuredOptions {
  /** The value is right when lo <= value <= hi. -Infinity and Infinity leave a side open. */
  readonly band: readonly [lo: number, hi: number];
  readonly unit?: string;
  /** What the paper or the peer reports. */
  readonly reference?: number;
  /** Where the reference comes from, e.g. "Sennrich et al. 2016, table 2". */
  readonly source?: string;
}

/** What `lab run` collects: the content of `application/vnd.lab.measured+json`. JSON has no NaN and no Infinity: null. */
export interface Measurement {
  readonly name: string;
  readonly value: number | null;
  readonly band: readonly [number | null, number | null];
  readonly ok: boolean;
  readonly unit?: string;
  readonly reference?: number;
  readonly source?: string;
}

export const MEASURED_MIME = "application/vnd.lab.measured+json";

/**
 * Shows a number that this run measured, beside its reference, and says whether it lies in its band. NaN never does.
 * In a headless run (`LAB_HEADLESS=1`, as `lab run` and the tests set it) a number outside of its band is an error.
 *
 * @throws RangeError where the band is not two numbers in order, or (headless) where the value has left it
 */
export function measured(name: string, value: number, options: MeasuredOptions): void {
  const { band, unit, reference, source } = options;
  const [lo, hi] = band;
  if (!(lo <= hi))
    throw new RangeError(`measured "${name}": band [${lo}, ${hi}] must be two numbers in order`);
  const ok = value >= lo && value <= hi;
  const measurement: Measurement = {
    name,
    value: finite(value),
    band: [finite(lo), finite(hi)],
    ok,
    ...(unit !== undefined && { unit }),
    ...(reference !== undefined && { reference }),
    ...(source !== undefined && { source }),
  };
  const cells = [
    name,
    withUnit(value, unit),
    bandText(band),
    referenceText(options),
    ok ? "✓ in band" : "✗ out of band",
  ];
  const text = `${cells[0]}: ${cells[1]} (band ${cells[2]}${cells[3] && `; reference ${cells[3]}`}) ${cells[4]}`;
  send({ [MEASURED_MIME]: measurement, "text/html": tableOf(cells, ok), "text/plain": text }, text);
  if (!ok && typeof process !== "undefined" && process.env.LAB_HEADLESS === "1") {
    throw new RangeError(`measured "${name}": ${withUnit(value, unit)} is outside of ${bandText(band)}`);
  }
}

function tableOf(cells: readonly string[], ok: boolean): string {
  const row = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag} style="text-align:left">${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  const edge = ok ? "#2a8f4f" : "#c7322b";
  return (
    `<table style="border-left:4px solid ${edge}"><thead>` +
    row("th", ["", "measured here", "band", "reference", ""]) +
    `</thead><tbody>${row("td", cells)}</tbody></table>`
  );
}

function referenceText({ reference, source, unit }: MeasuredOptions): string {
  const number = reference === undefined ? "" : withUnit(reference, unit);
  return source === undefined ? number : number === "" ? source : `${number} (${source})`;
}

function bandText([lo, hi]: readonly [number, number]): string {
  if (lo === -Infinity) return `at most ${short(hi)}`;
  return hi === Infinity ? `at least ${short(lo)}` : `${short(lo)} to ${short(hi)}`;
}

function withUnit(value: number, unit: string | undefined): string {
  return unit ? `${short(value)} ${unit}` : short(value);
}

/** Four significant digits; whole numbers with all of theirs. */
const short = (value: number): string => formatNumber(value, Number.isInteger(value) ? 15 : 4);

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
