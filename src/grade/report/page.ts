import { createHash } from "node:crypto";
import { escapeHtml, escapeLine } from "../../lab/figures/escape";
import { dark, light, mono, sans, type Palette } from "../../lab/figures/theme";
import type { State } from "../class";

/** The frame of every HTML report: one file that loads nothing, with a policy that would not let it. */

export { escapeHtml, escapeLine };

/** Reports that this program wrote say so: only these may be taken away when a learner is gone. */
export const GENERATOR = '<meta name="generator" content="transformer-lab report">';

export interface Page {
  readonly title: string;
  /** Elements of <main>, escaped. */
  readonly body: string;
  readonly script?: string;
}

export function pageHtml({ title, body, script = "" }: Page): string {
  const allowed =
    script === "" ? "'none'" : `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${allowed}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${GENERATOR}
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeLine(title)}</title>
<style>${sheet}</style>
</head>
<body>
<main>
${body}
</main>${script === "" ? "" : `\n<script>${script}</script>`}
</body>
</html>
`;
}

type Tone = "good" | "half" | "bad" | "idle";

/** Of who is in the roster and not among the submissions. */
export const NOT_HANDED_IN = "handed nothing in";

/** Sign, word and tone of each state: the sign carries the meaning without colour, the word without sight. */
export const STATES: Readonly<Record<State, { sign: string; word: string; tone: Tone }>> = {
  pass: { sign: "✓", word: "all right", tone: "good" },
  partial: { sign: "◐", word: "partly right", tone: "half" },
  fail: { sign: "✗", word: "not right", tone: "bad" },
  timeout: { sign: "✗", word: "out of time", tone: "bad" },
  crash: { sign: "✗", word: "ended the process", tone: "bad" },
  memory: { sign: "✗", word: "out of memory", tone: "bad" },
  syntax: { sign: "✗", word: "does not compile", tone: "bad" },
  "not run": { sign: "○", word: "not done", tone: "idle" },
  manual: { sign: "…", word: "waits for a mark", tone: "idle" },
  error: { sign: "!", word: "could not be graded", tone: "bad" },
};

export const stateChip = (state: State): string => {
  const { sign, word, tone } = STATES[state];
  return `<span class="state ${tone}"><span class="sign" aria-hidden="true">${sign}</span> ${word}</span>`;
};

/** A bar of `share` (0 to 1). Its number stands beside it, so it is drawn for the eye alone. */
export const bar = (share: number, tone: Tone | "plain" = "plain"): string =>
  `<span class="bar ${tone}" aria-hidden="true"><span style="width:${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%"></span></span>`;

/** Text in which `code` stands between backticks, as HTML. */
export const prose = (text: string): string =>
  escapeHtml(text)
    .replace(/`([^`\n]+)`/g, "<code>$1</code>")
    .replaceAll("\n", "<br>");

/** A wide table scrolls in its own box, which keys can reach. */
export const scrolling = (label: string, table: string): string =>
  `<div class="wide" role="region" aria-label="${escapeLine(label)}" tabindex="0">${table}</div>`;

export const plural = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;

const variables = (p: Palette): string =>
  `--paper:${p.paper};--tint:${p.tint};--ink:${p.ink};--soft:${p.soft};--line:${p.line};--grid:${p.grid};` +
  `--good:${p.good};--half:${p.half};--bad:${p.bad};--accent:${p.accent};--glow:${p.glow}`;

const sheet = `
:root{${variables(light)};color-scheme:light}
@media screen and (prefers-color-scheme:dark){:root{${variables(dark)};color-scheme:dark}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 ${sans}}
main{max-width:72rem;margin:0 auto;padding:2rem 1.5rem 4rem}
.narrow{max-width:52rem;margin:0 auto}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .2rem;letter-spacing:-.01em}
h2{font-size:1.3rem;margin:3rem 0 .4rem;line-height:1.3}
h3{font-size:1.05rem;margin:1.4rem 0 .2rem}.head h3{margin:0}
p{margin:.3rem 0}
a{color:var(--accent);text-underline-offset:.15em}
code,pre,.mono{font-family:${mono};font-size:.9em}
code{overflow-wrap:anywhere}
.soft{color:var(--soft)}
.lead{color:var(--soft);margin:.2rem 0 1.2rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin:1.4rem 0}
.tile{background:var(--tint);border-radius:10px;padding:.8rem 1rem}
.tile b{display:block;font-size:1.75rem;line-height:1.2;font-variant-numeric:tabular-nums;font-weight:650}
.tile span{color:var(--soft);font-size:.92rem}
.tile.warn{box-shadow:inset 4px 0 0 var(--half)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding:.1rem 0 .6rem}
th,td{text-align:left;padding:.42rem .7rem;border-bottom:1px solid var(--grid);vertical-align:top}
thead th{border-bottom:2px solid var(--line);font-size:.92rem;vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:600}
th.name,td.name{white-space:nowrap}
tbody tr:hover{background:var(--tint)}
.num{text-align:right;white-space:nowrap}
.barcell{width:9rem;min-width:6.5rem;padding-top:.85rem}
.wide{position:relative;overflow-x:auto;margin:.6rem 0}
th button{font:inherit;color:inherit;background:none;border:0;padding:.1rem .2rem;margin:-.1rem -.2rem;cursor:pointer;font-weight:700}
th button::after{content:"↕";color:var(--soft);padding-left:.3em;font-weight:400}
th[aria-sort=ascending] button::after{content:"↑";color:var(--accent)}
th[aria-sort=descending] button::after{content:"↓";color:var(--accent)}
.state{white-space:nowrap}
.sign{display:inline-block;min-width:1.2em;text-align:center;font-weight:700}
.state.good .sign{color:var(--good)}.state.half .sign{color:var(--half)}.state.bad .sign{color:var(--bad)}.state.idle .sign{color:var(--soft)}
.bar{display:block;height:8px;border-radius:4px;background:var(--grid);overflow:hidden}
.bar span{display:block;height:100%;background:var(--accent);border-radius:4px}
.bar.good span{background:var(--good)}.bar.half span{background:var(--half)}.bar.bad span{background:var(--bad)}
.grid td.num{border-left:1px solid var(--grid)}
.grid td .sign{font-size:.85em}
.grid td.good .sign{color:var(--good)}.grid td.half .sign{color:var(--half)}.grid td.bad .sign{color:var(--bad)}.grid td.idle{color:var(--soft)}
ol.cards{list-style:none;margin:.8rem 0;padding:0;display:grid;gap:.7rem}
.card{display:grid;grid-template-columns:4.2rem 1fr;gap:0 1rem;padding:.75rem 1rem;border:1px solid var(--grid);border-radius:10px;break-inside:avoid}
.card .count{font-size:1.6rem;font-weight:650;line-height:1.15;text-align:right;font-variant-numeric:tabular-nums}
.card .count small{display:block;font-size:.74rem;font-weight:400;color:var(--soft)}
.card p{margin:0 0 .15rem}
.names{color:var(--soft);font-size:.94rem;overflow-wrap:anywhere}
details{margin:.6rem 0}
summary{cursor:pointer;color:var(--accent)}
section.question{border:1px solid var(--grid);border-radius:12px;padding:1rem 1.2rem;margin:1rem 0;break-inside:avoid-page}
.head{display:flex;flex-wrap:wrap;gap:.2rem 1rem;justify-content:space-between;align-items:baseline}
.points{font-variant-numeric:tabular-nums;font-weight:650;white-space:nowrap}
ul.checks{list-style:none;margin:.7rem 0 0;padding:0}
ul.checks>li{margin:.5rem 0;padding:.1rem 0 .1rem .8rem;border-left:4px solid var(--grid)}
ul.checks .soft{white-space:nowrap}
ul.checks>li.good{border-color:var(--good)}ul.checks>li.bad{border-color:var(--bad)}ul.checks>li.half{border-color:var(--half)}
pre{margin:.35rem 0;padding:.6rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--tint);border-radius:6px;line-height:1.45}
.note{border-left:4px solid var(--accent);background:var(--tint);border-radius:0 8px 8px 0;padding:.6rem 1rem;margin:.8rem 0}
.note.warn{border-color:var(--half)}
.score{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1.5rem;align-items:center;margin:1.2rem 0}
.score b{font-size:2.6rem;line-height:1.1;font-variant-numeric:tabular-nums;letter-spacing:-.02em}
.score b small{font-size:1.1rem;color:var(--soft);font-weight:400;letter-spacing:0}
.score .bar{height:14px;border-radius:7px}
.score .bar span{border-radius:7px}
.figure svg{display:block;width:100%;height:auto}
li code,p code{background:var(--tint);border-radius:4px;padding:.05em .3em}
.toc{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.4rem 0 0;padding:0;list-style:none}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.4rem .8rem}
.hash{font-family:${mono};font-size:.82em;overflow-wrap:anywhere}
.told{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media (max-width:640px){.narrow .barcell{display:none}th,td{padding:.42rem .4rem}main{padding:1.2rem .9rem 3rem}.card{grid-template-columns:3rem 1fr}.score{grid-template-columns:1fr}}
@media print{
body{font-size:10.5pt}main{max-width:none;padding:0}.wide{overflow:visible}.toc,.skip{display:none}
a{color:inherit;text-decoration:none}h2{break-after:avoid;margin-top:1.6rem}tr{break-inside:avoid}thead{display:table-header-group}
th button::after{content:""!important}.barcell{display:none}.tile{border:1px solid var(--line)}
.figure .tl-paper{fill:none}.figure .tl-ink{fill:${light.ink}}.figure .tl-soft{fill:${light.soft}}.figure .tl-halo{stroke:${light.paper}}.figure .tl-axis{stroke:${light.line}}.figure .tl-ref{stroke:${light.soft}}.figure .tl-fill0{fill:${light.series[0]}}
.figure *,.bar,.bar span,.tile,pre,.note{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;
