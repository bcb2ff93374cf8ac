/** Pieces of HTML that several widgets show. */
import { escapeHtml, visible } from "../../lab/figures/escape";

export const percent = (p: number): string => `${(100 * p).toFixed(p > 0 && p < 0.001 ? 3 : 1)} %`;

export interface Bar {
  readonly name: string;
  readonly share: number;
  /** It cannot come. */
  readonly cut?: boolean;
}

/** Bars with their numbers, a table to those who cannot see them. The longest one fills its column. */
export function barsHtml(caption: string, bars: readonly Bar[]): string {
  const full = Math.max(...bars.map(({ share }) => share), 1e-9);
  const rows = bars.map(
    ({ name, share, cut }) =>
      `<tr${cut ? ` class="live-cut"` : ""}><th scope="row">${escapeHtml(visible(name))}</th>` +
      `<td><span class="live-fill" style="width:${((100 * share) / full).toFixed(1)}%"></span></td>` +
      `<td>${cut ? "cut" : percent(share)}</td></tr>`,
  );
  return (
    `<table class="live-bars"><thead><tr><th scope="col">${escapeHtml(caption)}</th>` +
    `<th scope="col">share</th><th scope="col">probability</th></tr></thead><tbody>${rows.join("")}</tbody></table>`
  );
}

/** A text, and what a model wrote after it. */
export const writtenHtml = (text: string, more = ""): string =>
  `<p class="live-text">${escapeHtml(text)}${more === "" ? "" : `<mark>${escapeHtml(more)}</mark>`}</p>`;

/** Right or wrong, with a sign: colour never stands alone. */
export const verdictHtml = (right: boolean, text: string): string =>
  `<p class="${right ? "live-good" : "live-bad"}">${right ? "✓" : "✗"} ${escapeHtml(text)}</p>`;
