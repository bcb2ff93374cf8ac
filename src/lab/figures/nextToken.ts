import type { Figure } from "../figure";
import { escapeHtml, plain, shorten, visible } from "./escape";
import { htmlFigure } from "./html";
import { nextTokenScript } from "./nextTokenScript";
import { cutTokens, type CutTokens, type NextTokenKnobs, type RankedTokens } from "./nextTokenCut";
import { formatNumber } from "./numbers";
import { alignText } from "./width";

export interface NextTokenOptions {
  /** A token's text. */
  readonly token: (id: number) => string;
  readonly title?: string;
  /** What the model has read. */
  readonly prompt?: string;
  /** Where the sliders stand first: temperature 1 and no cut without it. */
  readonly start?: Partial<NextTokenKnobs>;
}

/** Tokens drawn as bars, tokens known one by one, and the width of a group of the others, in nats. */
const [bars, singles, groupWidth] = [20, 200, 0.25];
/** What top-k's slider stops at; 0 is "all". */
const topKs: readonly number[] = [1, 2, 3, 5, 10, 20, 50, 100, 200, 0];
const barPixels = 300;

/**
 * The next token's distribution with sliders for temperature, top-k, top-p and min-p, which act in this order. Bars of
 * the likeliest tokens: grey and marked "cut" where they cannot come; the others share what was cut.
 *
 * The whole vocabulary counts: the 200 likeliest tokens one by one, all others in groups whose logits lie within 0.25.
 * At temperature 1 their mass is exact, elsewhere right to a few thousandths of itself. Without script the figure stands as it
 * starts.
 *
 * @param logits of the whole vocabulary, by id; -Infinity cannot come
 * @throws RangeError for not-a-number, infinity, or no token that can come
 */
export function nextTokenFigure(logits: ArrayLike<number>, options: NextTokenOptions): Figure {
  const title = options.title ?? "What comes next?";
  const { ranked, ids } = rank(logits, title);
  const knobs: NextTokenKnobs = { temperature: 1, topK: 0, topP: 1, minP: 0, ...options.start };
  if (!(knobs.temperature > 0))
    throw new RangeError(`Next token "${title}": a temperature of ${knobs.temperature} is not above 0.`);
  const cut = cutTokens(ranked, knobs);
  const shown = ids.slice(0, bars).map((id) => shorten(visible(options.token(id)), 24));
  const vocabulary = ranked.counts.reduce((sum, count) => sum + count, 0);
  const say = sayCut(cut, vocabulary);
  const full = fullLength(cut);
  const rows = shown.map((token, i) => {
    const gone = cut.after[i] === 0;
    const p = gone ? cut.before[i]! : cut.after[i]!;
    const bar = `<span class="tl-bar" style="display:inline-block;height:13px;width:${pixels(p, full)}px;background-color:${gone ? "#8c959f" : "#0069a8"}"></span>`;
    return (
      `<tr${gone ? ` class="tl-cut"` : ""}><th scope="row" style="text-align:right;padding:1px 8px;font-family:monospace">${escapeHtml(token)}</th>` +
      `<td style="text-align:left;padding:1px 4px">${bar}</td><td class="tl-p" style="text-align:right;padding:1px 8px">${percent(p)}${gone ? " cut" : ""}</td></tr>`
    );
  });
  const body =
    (options.prompt === undefined
      ? ""
      : `<p class="tl-read">${escapeHtml(shorten(plain(options.prompt), 300))} <strong>…?</strong></p>`) +
    `<p class="tl-tools" hidden="hidden">${sliders(knobs)}</p>` +
    `<table style="border-collapse:collapse"><thead><tr><th scope="col">token</th><th scope="col" style="text-align:left"><span class="tl-full">${fullText(full)}</span></th><th scope="col">probability</th></tr></thead><tbody>${rows.join("")}</tbody></table>` +
    `<p class="tl-say" aria-live="polite">${escapeHtml(say)}</p>` +
    `<p class="tl-soft">${formatNumber(vocabulary, 9)} tokens in all. The ${Math.min(singles, ids.length)} likeliest are known one by one` +
    (ids.length > singles
      ? `; the others in groups of nearly equal logits, so counts above ${singles} are near, not exact.`
      : ".") +
    `</p>`;
  const data = { ...ranked, bars: shown.length, topKs, pixels: barPixels };
  return {
    html: htmlFigure({ kind: "next", title, body, css, script: nextTokenScript, data }),
    text: [
      plain(title) + (options.prompt === undefined ? "" : `: ${plain(options.prompt)}`),
      alignText(
        shown.map((token, i) => [
          token,
          percent(cut.before[i]!),
          cut.after[i] === 0 ? "cut" : percent(cut.after[i]!),
        ]),
        [false, true, true],
      ),
      say,
    ].join("\n"),
  };
}

/** Logits in falling order, less the largest; what is behind the singles in groups of equal mass at temperature 1. */
function rank(logits: ArrayLike<number>, title: string): { ranked: RankedTokens; ids: number[] } {
  const odd = Array.from(logits).findIndex((logit) => !(logit < Infinity));
  if (odd >= 0) throw new RangeError(`Next token "${title}": the logit of id ${odd} is ${logits[odd]}.`);
  const ids = Array.from(logits, (_, id) => id)
    .filter((id) => logits[id]! > -Infinity)
    .sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (ids.length === 0) throw new RangeError(`Next token "${title}": no token can come.`);
  const top = logits[ids[0]!]!;
  const kept: number[] = [];
  const counts: number[] = [];
  let from = singles;
  ids.slice(0, singles).forEach((id) => {
    kept.push(logits[id]! - top);
    counts.push(1);
  });
  while (from < ids.length) {
    const first = logits[ids[from]!]!;
    let to = from;
    let sum = 0;
    while (to < ids.length && first - logits[ids[to]!]! < groupWidth)
      sum += Math.exp(logits[ids[to++]!]! - first);
    kept.push(first - top + Math.log(sum / (to - from)));
    counts.push(to - from);
    from = to;
  }
  return { ranked: { logits: kept.map((logit) => Number(logit.toFixed(4))), counts }, ids };
}

/** "12 of 49,152 tokens can come; ...": the script has the same words. */
function sayCut({ kept, share, entropy }: CutTokens, vocabulary: number): string {
  const cut =
    kept === vocabulary
      ? `All ${formatNumber(vocabulary, 9)} tokens can come`
      : `${formatNumber(kept, 9)} of ${formatNumber(vocabulary, 9)} tokens can come, with ${percent(share)} of the mass before the cut`;
  return `${cut}. Entropy ${entropy.toFixed(2)} nats: as unsure as between ${Math.exp(entropy).toFixed(1)} equal tokens.`;
}

const percent = (p: number): string => `${(100 * p).toFixed(p < 0.001 ? 3 : 1)} %`;

/** What a bar of full length stands for: the first of these that no shown bar is longer than. */
const fullLength = ({ before, after }: CutTokens): number => {
  const most = Math.max(before[0]!, after[0]!);
  return [0.02, 0.05, 0.1, 0.2, 0.5].find((full) => most <= full) ?? 1;
};
const fullText = (full: number): string => `full length: ${Math.round(100 * full)} %`;
const pixels = (p: number, full: number): number => Math.max(1, Math.round((barPixels * p) / full));

function sliders(knobs: NextTokenKnobs): string {
  const one = (kind: string, name: string, range: string, value: number): string =>
    `<label>${name} <input class="tl-slider tl-${kind}" type="range" ${range} value="${value}"> <output></output></label> `;
  const k = topKs.indexOf(knobs.topK);
  return (
    one("temperature", "temperature", `min="0.1" max="2" step="0.05"`, knobs.temperature) +
    one("topk", "top-k", `min="0" max="${topKs.length - 1}" step="1"`, k < 0 ? topKs.length - 1 : k) +
    one("topp", "top-p", `min="0.05" max="1" step="0.01"`, knobs.topP) +
    one("minp", "min-p", `min="0" max="0.5" step="0.01"`, knobs.minP) +
    `<button type="button" class="tl-reset">Start again</button>`
  );
}

const css = `
.tl-next .tl-tools{display:grid;grid-template-columns:repeat(auto-fit,minmax(19em,1fr));gap:.2em 1.2em;align-items:center}
.tl-next .tl-tools label{display:grid;grid-template-columns:6.4em 1fr 4em;align-items:center;gap:.5em}
.tl-next .tl-slider{width:100%;accent-color:var(--tl-accent);margin:0}
.tl-next .tl-tools output{font-variant-numeric:tabular-nums;font-weight:600}
.tl-next .tl-reset{justify-self:start}
.tl-next .tl-read{font-family:var(--tl-mono);background:var(--tl-tint);padding:.3em .6em;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
.tl-next table{margin:.5em 0!important;color:inherit;font-size:.95em;font-variant-numeric:tabular-nums}
.tl-next thead th{color:var(--tl-soft);font-weight:400;background:transparent!important}
.tl-next tbody tr{background:transparent!important}
.tl-next tbody th{font-family:var(--tl-mono)!important;font-weight:400;background:transparent!important;color:inherit;min-width:6em}
.tl-next td:nth-child(2){width:${barPixels + 12}px;min-width:${barPixels + 12}px}
.tl-next .tl-bar{background-color:var(--tl-accent)!important;border-radius:0 3px 3px 0;vertical-align:middle}
.tl-next .tl-cut .tl-bar{background-color:var(--tl-line)!important}
.tl-next .tl-cut th,.tl-next .tl-cut td{color:var(--tl-soft)}
.tl-next .tl-p{min-width:6.5em;white-space:nowrap}
.tl-next .tl-say{font-weight:600;min-height:3em;font-variant-numeric:tabular-nums}
`;
