import type { Figure } from "../figure";
import { escapeHtml, plain, visible } from "./escape";
import { htmlFigure } from "./html";
import { formatNumber } from "./numbers";
import { playerControls, playerCss, playerScript, type PlayerData } from "./player";
import { alignText } from "./width";

/** One merge that training learned: the commonest pair at that moment, its count, and the token it became. */
export interface TrainingStep {
  readonly pair: readonly [string, string];
  readonly count: number;
  readonly newToken: string;
}

export interface TrainingOptions {
  readonly title?: string;
  /** Most merges drawn (default 25). */
  readonly max?: number;
}

/** The first merges that training learned, in order, with how often each pair stood in the text. */
export function trainingFigure(steps: readonly TrainingStep[], options: TrainingOptions = {}): Figure {
  const title = options.title ?? "Merges in the order in which they were learned";
  const max = options.max ?? 25;
  const shown = steps.slice(0, max);
  const note =
    steps.length > max ? `first ${formatNumber(max)} merges of ${formatNumber(steps.length, 9)} shown` : "";
  const most = shown.reduce((high, step) => Math.max(high, step.count), 1);
  const rows = shown.map((step, i) => {
    const [a = "", b = ""] = step.pair.map(visible);
    const width = ((100 * step.count) / most).toFixed(1);
    return (
      `<tr class="tl-step"><td style="text-align:right;padding:2px 8px">${i}</td>` +
      `<td style="text-align:left;padding:2px 8px"><code>${escapeHtml(a)}</code> + <code>${escapeHtml(b)}</code></td>` +
      `<td style="text-align:left;padding:2px 8px"><code><strong>${escapeHtml(visible(step.newToken))}</strong></code></td>` +
      `<td style="text-align:right;padding:2px 8px">${formatNumber(step.count, 9)}</td>` +
      `<td style="text-align:left;width:40%"><div class="tl-bar" style="width:${width}%;height:14px;background-color:rgba(0,114,178,0.75)"></div></td></tr>`
    );
  });
  const body =
    playerControls(shown.length, "Merges learned") +
    `<table style="border-collapse:collapse;width:100%"><thead><tr><th scope="col" style="text-align:right;padding:2px 8px">rank</th>` +
    `<th scope="col" style="text-align:left;padding:2px 8px">pair</th><th scope="col" style="text-align:left;padding:2px 8px">new token</th>` +
    `<th scope="col" style="text-align:right;padding:2px 8px">count</th><td></td></tr></thead><tbody>${rows.join("")}</tbody></table>` +
    (note ? `<p class="tl-soft">${note}</p>` : "");
  const say = shown.map(
    (step, i) =>
      `merge ${i}: ${step.pair.map(visible).join(" + ")} → ${visible(step.newToken)}, seen ${formatNumber(step.count, 9)} times`,
  );
  const data: PlayerData = { say, from: shown.length - 1, pace: 700 };
  const table = [
    ["rank", "pair", "new token", "count"],
    ...shown.map((s, i) => [
      String(i),
      s.pair.map(visible).join(" + "),
      visible(s.newToken),
      formatNumber(s.count, 9),
    ]),
  ];
  const text = [plain(title), alignText(table, [true, false, false, true]), ...(note ? [note] : [])].join(
    "\n",
  );
  return {
    html: htmlFigure({
      kind: "training",
      title,
      body,
      css: playerCss + css,
      script: playerScript,
      data,
    }),
    text,
  };
}

const css = `
.tl-training table{margin:0;color:inherit;font-size:1em;font-variant-numeric:tabular-nums}
.tl-training th,.tl-training td{color:inherit}
.tl-training thead tr{border-bottom:2px solid var(--tl-line)}
.tl-training tbody tr{background:transparent!important}
.tl-training tbody tr.tl-now{background:var(--tl-glow)!important}
.tl-training code{font:1em var(--tl-mono);background:none;color:inherit;white-space:pre-wrap;overflow-wrap:anywhere}
.tl-training .tl-bar{background-color:var(--tl-accent)!important;border-radius:2px;min-width:2px}
`;
