import type { Figure } from "../figure";
import { attentionStages, stagesScript, type Stages } from "./attentionStages";
import { attentionScript } from "./attentionScript";
import { escapeHtml, plain, visible } from "./escape";
import { htmlFigure } from "./html";
import { alignText } from "./width";

export interface AttentionSpec {
  /** T tokens. */
  readonly tokens: readonly string[];
  /** Queries and keys [T][D], values [T][E]. */
  readonly q: readonly (readonly number[])[];
  readonly k: readonly (readonly number[])[];
  readonly v: readonly (readonly number[])[];
  readonly title?: string;
  /** Which token's query is in hand at first; the last one without it. */
  readonly row?: number;
}

const most = { tokens: 10, numbers: 6 };
const stages = ["scores", "scaled", "masked", "pattern", "mixed"] as const;
const captions: Readonly<Record<(typeof stages)[number], string>> = {
  scores: "1 · scores: q · k",
  scaled: "2 · scale: ÷ √D",
  masked: "3 · mask: hide what comes later",
  pattern: "4 · softmax: rows add up to 1",
  mixed: "5 · mix: weights × values",
};

/**
 * Attention of one head, stage by stage: scores, scale, mask, softmax, mix. A token's query is in hand: its numbers are
 * sliders, and all stages follow. Scale and mask can be switched off. Pointing at a cell, or walking there with the
 * arrow keys, says how it is made.
 *
 * @throws RangeError where sizes do not agree, or where there are more than 10 tokens or 6 numbers a token
 */
export function attentionFigure(spec: AttentionSpec): Figure {
  const { tokens, q, k, v } = spec;
  const title = spec.title ?? "Attention, stage by stage";
  check(spec, title);
  const row = spec.row ?? tokens.length - 1;
  const computed = attentionStages(q, k, v, true, true);
  const names = tokens.map(visible);
  const body =
    `<div class="tl-player" hidden="hidden"><p class="tl-hand"></p>` +
    `<p><label><input type="checkbox" class="tl-scale" checked="checked"> scale</label> ` +
    `<label><input type="checkbox" class="tl-mask" checked="checked"> mask</label> ` +
    `<button type="button" class="tl-reset">Start again</button></p></div>` +
    `<div class="tl-stages">${stages.map((stage) => tableHtml(stage, computed, names, row)).join("")}</div>` +
    `<p class="tl-detail tl-soft" aria-live="polite">Rows look, columns are looked at. Each row of weights mixes the values.</p>`;
  return {
    html: htmlFigure({
      kind: "attention",
      title,
      body,
      css,
      script: stagesScript + attentionScript,
      data: { tokens: names, q, k, v, row },
    }),
    text: [
      plain(title),
      `rows look, columns are looked at: ${names.join(" ")}`,
      ...stages.map((s) => textOf(s, computed, names)),
    ].join("\n"),
  };
}

function check({ tokens, q, k, v, row }: AttentionSpec, title: string): void {
  const fault = (what: string): RangeError => new RangeError(`Attention "${title}": ${what}.`);
  if (tokens.length < 1 || tokens.length > most.tokens)
    throw fault(`1 to ${most.tokens} tokens, got ${tokens.length}`);
  for (const [name, rows] of Object.entries({ q, k, v })) {
    if (rows.length !== tokens.length)
      throw fault(`${name} has ${rows.length} rows for ${tokens.length} tokens`);
    const width = rows[0]?.length ?? 0;
    const odd = rows.findIndex((numbers) => numbers.length !== width || !numbers.every(Number.isFinite));
    if (odd >= 0) throw fault(`row ${odd} of ${name} must be ${width} finite numbers`);
    if (width < 1 || width > most.numbers)
      throw fault(`1 to ${most.numbers} numbers a token, ${name} has ${width}`);
  }
  if (q[0]?.length !== k[0]?.length) throw fault("queries and keys must be equally long");
  if (row !== undefined && !tokens[row]) throw fault(`there is no token ${row}`);
}

/** As the script writes them: two places, and a real minus. */
const short = (value: number): string =>
  value === -Infinity
    ? "−∞"
    : value
        .toFixed(2)
        .replace(/^-0\.00$/, "0.00")
        .replace("-", "−");

/** Colour by size and sign; the script has the same rule. */
const ground = (value: number, top: number): string => {
  if (!Number.isFinite(value) || top === 0) return "transparent";
  const strength = (0.7 * Math.min(1, Math.abs(value) / top)).toFixed(2);
  return `rgba(${value < 0 ? "230,120,0" : "40,140,220"},${strength})`;
};

const largest = (rows: readonly (readonly number[])[]): number =>
  Math.max(...rows.flat().filter(Number.isFinite).map(Math.abs));

function tableHtml(
  stage: (typeof stages)[number],
  computed: Stages,
  names: readonly string[],
  row: number,
): string {
  const rows = computed[stage];
  const top = stage === "pattern" ? 1 : largest(rows);
  const columns = stage === "mixed" ? rows[0]!.map((_, c) => `v${c}`) : names;
  const header = columns.map((name) => `<th style="padding:2px 6px">${escapeHtml(name)}</th>`).join("");
  const body = rows.map((cells, i) => {
    const numbers = cells.map(
      (value) =>
        `<td style="text-align:right;padding:3px 6px;background-color:${ground(value, top)}">${short(value)}</td>`,
    );
    const here = i === row ? ` class="tl-row"` : "";
    return `<tr${here}><th style="text-align:right;padding:2px 6px">${escapeHtml(names[i]!)}</th>${numbers.join("")}</tr>`;
  });
  return (
    `<table style="border-collapse:collapse;display:inline-table;margin:6px 12px 6px 0"><caption>${captions[stage]}</caption>` +
    `<thead><tr><th style="padding:2px 6px">looks</th>${header}</tr></thead><tbody>${body.join("")}</tbody></table>`
  );
}

function textOf(stage: (typeof stages)[number], computed: Stages, names: readonly string[]): string {
  const rows = computed[stage].map((cells, i) => [names[i]!, ...cells.map(short)]);
  return `${captions[stage]}\n${alignText(
    rows,
    rows[0]!.map((_, c) => c > 0),
  )}`;
}

const css = `
.tl-attention .tl-player{display:block;margin:.2em 0}
.tl-attention .tl-hand label{display:inline-flex;align-items:center;gap:.3em;margin-right:1em}
.tl-attention .tl-hand input{width:8em;accent-color:var(--tl-accent)}
.tl-attention .tl-hand output{min-width:3em;font-variant-numeric:tabular-nums}
.tl-attention .tl-stages{display:flex;flex-wrap:wrap;gap:.2em 1em}
.tl-attention table{color:inherit;font-variant-numeric:tabular-nums;font-size:.95em}
.tl-attention caption{caption-side:top;text-align:left;font-weight:600;padding-bottom:.2em}
.tl-attention th{font-weight:400;color:var(--tl-soft);background:transparent!important}
.tl-attention tbody tr{background:transparent!important;cursor:pointer}
.tl-attention td{min-width:3em;border:1px solid var(--tl-grid)!important}
.tl-attention .tl-row th{color:var(--tl-ink);font-weight:700}
.tl-attention .tl-row td{border-color:var(--tl-accent)!important}
.tl-attention td.tl-here{outline:3px solid var(--tl-accent);outline-offset:-3px;font-weight:700}
.tl-attention .tl-detail{min-height:3em;margin-bottom:0}
`;
