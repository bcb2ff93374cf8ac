import type { Figure } from "../figure";
import { escapeHtml, plain } from "./escape";
import { htmlFigure, svgSource } from "./html";
import { playerControls, playerCss, playerScript, type PlayerData } from "./player";

export interface Frame {
  /** A figure that has an SVG: the pages of one book should have equal axes. */
  readonly figure: Figure;
  /** One line under the picture; what a screen reader hears. */
  readonly say: string;
}

export interface FlipbookOptions {
  readonly title: string;
  /** What the slider moves through, e.g. "step size h". */
  readonly what: string;
  /** Milliseconds a page while playing (default 1200). */
  readonly pace?: number;
}

/**
 * Figures as the pages of a book: play, back, forward and a slider. Without script the pages stand side by side.
 * Throws a RangeError where a page has no SVG.
 */
export function flipbook(frames: readonly Frame[], options: FlipbookOptions): Figure {
  const pages = frames.map(({ figure, say }, i) => {
    if (figure.svg === undefined)
      throw new RangeError(`Flipbook "${options.title}": page ${i + 1} has no SVG.`);
    return (
      `<figure class="tl-step" style="display:inline-block;width:380px;max-width:100%;margin:4px">` +
      `<img class="tl-image" src="${svgSource(figure.svg)}" alt="${escapeHtml(figure.text)}" style="max-width:100%">` +
      `<figcaption>${escapeHtml(plain(say))}</figcaption></figure>`
    );
  });
  const body = playerControls(frames.length, options.what) + `<div class="tl-pages">${pages.join("")}</div>`;
  const data: PlayerData = { say: frames.map(({ say }) => plain(say)), from: 0, pace: options.pace ?? 1200 };
  return {
    html: htmlFigure({
      kind: "flipbook",
      title: options.title,
      body,
      css: playerCss + css,
      script: playerScript,
      data,
    }),
    text: [plain(options.title), ...frames.map(({ say }, i) => `${i + 1}. ${plain(say)}`)].join("\n"),
  };
}

const css = `
.tl-flipbook figcaption{color:var(--tl-ink)}
.tl-flipbook .tl-image{color-scheme:inherit;border-radius:8px;display:block}
.tl-playing.tl-flipbook .tl-step{display:none!important;width:auto!important;margin:0!important}
.tl-playing.tl-flipbook .tl-step.tl-now{display:block!important}
.tl-playing.tl-flipbook figcaption{font-size:1.1em;margin-top:.4em;min-height:3em}
`;
