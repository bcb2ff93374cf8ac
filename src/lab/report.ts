import { chip, htmlFigure } from "./figures/html";
import { escapeHtml, plain } from "./figures/escape";
import { formatNumber } from "./figures/numbers";
import type { Figure } from "./figure";

/** How one check of an exercise ended. "error" is a fault of the grader itself, never of the learner. */
export type CheckState = "pass" | "partial" | "fail" | "timeout" | "crash" | "todo" | "error";

/** One check of an exercise, as plain data. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly state: CheckState;
  readonly score: number;
  readonly max: number;
  /** What was got, what was expected and what to look at; may hold line ends. Empty for a pass. */
  readonly message: string;
}

/** The checks of one exercise or one lab, with their sum. */
export interface CheckReport {
  readonly title: string;
  readonly score: number;
  readonly max: number;
  readonly state: CheckState;
  readonly checks: readonly CheckResult[];
}

/** Sign and word of each state: the sign carries the meaning without colour, the word without sight. */
export const checkStates: Readonly<Record<CheckState, { sign: string; word: string; tone: Tone }>> = {
  pass: { sign: "✓", word: "passed", tone: "good" },
  partial: { sign: "◐", word: "partly right", tone: "half" },
  fail: { sign: "✗", word: "not right yet", tone: "bad" },
  timeout: { sign: "✗", word: "out of time", tone: "bad" },
  crash: { sign: "✗", word: "stopped with an error", tone: "bad" },
  todo: { sign: "○", word: "not written yet", tone: "idle" },
  error: { sign: "!", word: "the check itself failed", tone: "idle" },
};
type Tone = "good" | "half" | "bad" | "idle";

/**
 * Draws the result of checking an exercise: a score bar, then each check with its sign, state and message.
 * Messages keep their line ends; every text is escaped, so a learner's output cannot become markup.
 */
export function reportFigure(report: CheckReport): Figure {
  const percent = report.max > 0 ? Math.round((100 * report.score) / report.max) : 0;
  const sum = `${formatNumber(report.score)} of ${formatNumber(report.max)} points`;
  const state = checkStates[report.state];
  // An exercise nobody has begun says what will be checked, and says once that it is not written.
  const checks =
    report.state === "todo" ? report.checks.map((check) => ({ ...check, message: "" })) : report.checks;
  const body =
    `<p class="tl-score"><span class="tl-track" style="display:inline-block;width:12em;border:1px solid">` +
    `<span style="display:block;width:${percent}%;height:12px;background-color:rgb(0,135,95)"></span></span> <strong>${sum}</strong> · ${state.sign} ${state.word}</p>` +
    `<ul class="tl-checks">${checks.map(checkItem).join("")}</ul>` +
    (report.checks.length === 0 ? `<p>No check ran, so nothing is scored.</p>` : "");
  const lines = checks.map((check) => {
    const { sign, word } = checkStates[check.state];
    const head = `${sign} ${plain(check.title)}: ${word} (${formatNumber(check.score)}/${formatNumber(check.max)})`;
    return check.message ? `${head}\n${indent(plain(check.message))}` : head;
  });
  return {
    html: htmlFigure({ kind: "report", title: report.title, body, css }),
    text: [`${plain(report.title)}: ${sum} (${percent} %), ${state.word}`, ...lines].join("\n"),
  };
}

function checkItem(check: CheckResult): string {
  const { sign, word, tone } = checkStates[check.state];
  const points = `${formatNumber(check.score)}/${formatNumber(check.max)}`;
  return (
    `<li class="tl-check tl-${tone}">${chip(sign, tone)} <strong>${escapeHtml(check.title)}</strong> ` +
    `<span class="tl-soft">${word} · ${points}</span>` +
    (check.message ? `<pre>${escapeHtml(check.message)}</pre>` : "") +
    `</li>`
  );
}

const indent = (text: string): string => text.replace(/^/gm, "    ");

const css = `
.tl-report .tl-track{border-color:var(--tl-line)!important;border-radius:4px;overflow:hidden;vertical-align:-1px;margin-right:.4em}
.tl-report .tl-track span{background-color:var(--tl-good)!important}
.tl ul.tl-checks{list-style:none;margin:.5em 0 0;padding:0}
.tl li.tl-check{margin:.45em 0;padding:.35em .6em;border-left:4px solid var(--tl-line)}
.tl li.tl-good{border-left-color:var(--tl-good)}
.tl li.tl-half{border-left-color:var(--tl-half)}
.tl li.tl-bad{border-left-color:var(--tl-bad)}
.tl .tl-check pre{margin:.35em 0 0;padding:.5em .7em;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--tl-tint);color:inherit;border-radius:4px;font:.93em/1.45 var(--tl-mono)}
`;
