import type { Figure } from "../figure";
import { escapeHtml } from "./escape";
import { chip, htmlFigure } from "./html";

/** How far somebody is in one lab. */
export interface LabProgress {
  readonly id: string;
  readonly title: string;
  /** Best points so far, of `max`. */
  readonly score: number;
  readonly max: number;
  readonly exercises: readonly {
    readonly title: string;
    readonly passed: boolean;
    /** Best share of the points, 0 to 1. */
    readonly best: number;
    readonly hints: number;
    readonly tries: number;
  }[];
}

/** Every lab with a bar of its best points, and a mark for each exercise. */
export function progressTable(labs: readonly LabProgress[]): Figure {
  const passed = labs.flatMap(({ exercises }) => exercises).filter((one) => one.passed).length;
  const all = labs.flatMap(({ exercises }) => exercises).length;
  const title = `${passed} of ${all} exercises passed`;
  const rows = labs.map(
    (lab) =>
      `<tr><th scope="row" style="text-align:left">${lab.id} ${escapeHtml(lab.title)}</th>` +
      `<td><span class="tl-track" style="display:inline-block;width:8em;border:1px solid">` +
      `<span style="display:block;width:${percent(lab)}%;height:12px;background-color:rgb(0,135,95)"></span></span></td>` +
      `<td style="text-align:right">${pointsOf(lab)}</td>` +
      `<td>${lab.exercises.map(mark).join(" ")}</td></tr>`,
  );
  const head = ["lab", "share", "best points", "exercises"]
    .map((name) => `<th scope="col">${name}</th>`)
    .join("");
  const body = `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
  const lines = labs.map(
    (lab) =>
      `${lab.id} ${lab.title.padEnd(24)} ${bar(lab)} ${pointsOf(lab).padStart(9)}  ` +
      lab.exercises.map(signOf).join(" "),
  );
  return { html: htmlFigure({ kind: "progress", title, body, css }), text: [title, ...lines].join("\n") };
}

type Exercise = LabProgress["exercises"][number];

const percent = ({ score, max }: LabProgress): number => (max > 0 ? Math.floor((100 * score) / max) : 0);
const pointsOf = ({ score, max }: LabProgress): string => `${Math.floor(score)} / ${max}`;
const bar = (lab: LabProgress): string => "#".repeat(Math.floor(percent(lab) / 10)).padEnd(10, ".");
const signOf = ({ passed, best, tries }: Exercise): string =>
  passed ? "✓" : best > 0 ? "◐" : tries > 0 ? "✗" : "○";
const wordOf = ({ passed, best, tries }: Exercise): string =>
  passed ? "passed" : best > 0 ? "partly right" : tries > 0 ? "not right yet" : "not begun";
const toneOf = ({ passed, best, tries }: Exercise): string =>
  passed ? "good" : best > 0 ? "half" : tries > 0 ? "bad" : "idle";

function mark(exercise: Exercise): string {
  const { title, tries, hints } = exercise;
  const said = `${title}: ${wordOf(exercise)}, ${tries} checks, ${hints} hints`;
  return `<span title="${escapeHtml(said)}" role="img" aria-label="${escapeHtml(said)}">${chip(signOf(exercise), toneOf(exercise))}</span>`;
}

const css = `
.tl-progress .tl-track{border-color:var(--tl-line)!important;border-radius:4px;overflow:hidden;vertical-align:-1px}
.tl-progress .tl-track span{background-color:var(--tl-good)!important}
.tl-progress td,.tl-progress th{padding:.2em .6em;white-space:nowrap}
`;
