import type { Figure } from "../figure";
import { escapeHtml, plain, visible } from "./escape";
import { htmlFigure } from "./html";
import { formatNumber } from "./numbers";
import { playerControls, playerCss, playerScript, type PlayerData } from "./player";

/**
 * How byte-pair encoding (Sennrich, Haddow, Birch 2016) reads one word: its states, from single characters or
 * bytes to the last merge. `traceMerges` of a BPE model gives such steps.
 */
export interface MergesTrace {
  readonly word: string;
  readonly steps: readonly MergeState[];
}

export interface MergeState {
  readonly tokens: readonly string[];
  /** The merge that led to these tokens; the first state has none. */
  readonly pair?: readonly [string, string] | undefined;
  /** That merge's place in the table: 0 was learned first and goes first. */
  readonly rank?: number | undefined;
}

/** Most steps drawn: a word is a few merges, a line of text could be thousands. */
const maxSteps = 200;

/**
 * A word's merges, replayed: each row shows the tokens with the next pair marked, and the rank that made it
 * the next. Without script every step is a row of the list.
 */
export function mergesFigure(trace: MergesTrace, options: { readonly title?: string } = {}): Figure {
  const title = options.title ?? `Merges of “${visible(trace.word)}”`;
  const steps = trace.steps.slice(0, maxSteps);
  const note =
    trace.steps.length > maxSteps
      ? `first ${maxSteps} steps of ${formatNumber(trace.steps.length, 9)} shown`
      : "";
  const say = steps.map((step, i) => sayStep(step, trace.steps[i + 1]));
  const rows = steps.map((step, i) => {
    const chips = step.tokens.map((token, k) =>
      tokenChip(token, inPair(step, trace.steps[i + 1])[k] ?? false),
    );
    return `<li class="tl-step" value="${i + 1}"><div class="tl-pieces">${chips.join(" ")}</div> <div class="tl-soft">${escapeHtml(say[i] ?? "")}</div></li>`;
  });
  const body =
    playerControls(steps.length, "Step") +
    `<ol class="tl-steps">${rows.join("")}</ol>` +
    (note ? `<p class="tl-soft">${note}</p>` : "");
  const lines = steps.map((step, i) => `${i + 1}. ${step.tokens.map(visible).join(" | ")}   ${say[i] ?? ""}`);
  // The first state comes first: which pair goes next is for the learner to guess.
  const data: PlayerData = { say, from: 0, pace: 1300 };
  return {
    html: htmlFigure({ kind: "merges", title, body, css: playerCss + css, script: playerScript, data }),
    text: [plain(title), ...lines, ...(note ? [note] : [])].join("\n"),
  };
}

function sayStep(step: MergeState, next: MergeState | undefined): string {
  if (next?.pair) {
    const [a, b] = next.pair.map(visible);
    const rank = next.rank === undefined ? "" : ` (rank ${formatNumber(next.rank, 9)})`;
    return `next: ${a} + ${b} → ${a}${b}${rank}`;
  }
  const n = step.tokens.length;
  return `no learned pair is left: ${n} ${n === 1 ? "token" : "tokens"}`;
}

/** Which tokens the next merge joins: the places where both states differ. It may join a pair more than once. */
function inPair(step: MergeState, next: MergeState | undefined): boolean[] {
  const marks = step.tokens.map(() => false);
  if (!next?.pair) return marks;
  const [a, b] = next.pair;
  for (let i = 0, k = 0; i < step.tokens.length; i++, k++) {
    if (step.tokens[i] !== a || step.tokens[i + 1] !== b || next.tokens[k] === a) continue;
    marks[i] = marks[i + 1] = true;
    i++;
  }
  return marks;
}

const tokenChip = (token: string, marked: boolean): string =>
  marked
    ? `<mark class="tl-piece" style="border:2px solid;border-radius:4px;padding:0 4px;font-family:monospace">${escapeHtml(visible(token))}</mark>`
    : `<span class="tl-piece" style="border:1px solid;border-radius:4px;padding:0 4px;font-family:monospace">${escapeHtml(visible(token))}</span>`;

const css = `
.tl-merges ol.tl-steps{margin:0;padding:0 0 0 2em}
.tl-merges .tl-step{margin:.15em 0;padding:.25em .5em;border-left:4px solid transparent}
.tl-merges .tl-step>div{display:inline-block;vertical-align:middle;margin-right:1em}
.tl-merges .tl-piece{display:inline-block;min-width:1em;text-align:center;padding:.05em .4em!important;border:2px solid var(--tl-line)!important;border-radius:6px!important;background:var(--tl-tint);color:var(--tl-ink);font:1.05em/1.5 var(--tl-mono)!important}
.tl-merges mark.tl-piece{border-color:var(--tl-accent)!important;background:var(--tl-glow);font-weight:700!important}
.tl-merges .tl-now{border-left-color:var(--tl-accent)}
.tl-merges .tl-now .tl-piece{font-size:1.5em!important}
.tl-merges .tl-now .tl-soft{color:var(--tl-ink)}
`;
