import { findExercise } from "../../lab/checks";
import {
  shown,
  type FinalLab,
  type FinalQuestion,
  type FinalResult,
  type GradedCheck,
  type Plan,
} from "../class";
import { percentOf } from "./grades";
import { bar, escapeHtml, escapeLine, pageHtml, plural, prose, scrolling, stateChip, STATES } from "./page";

/**
 * learners/<learner>.html: one learner's report, to hand out. Of a hidden check it says title, state, points and hint,
 * and nothing else; of the class it says nothing.
 */
export function learnerPage(title: string, result: FinalResult, plan: Plan): string {
  const r = (value: number): number => shown(value, plan.decimals);
  const name = escapeLine(result.learner);
  const several = result.labs.length > 1;
  const body = `<header>
<p class="soft">${escapeLine(title)}</p>
<h1>${name}</h1>
</header>
${scoreHtml(result, r)}
${passedHtml(result, plan)}
${result.problems.map((problem) => `<p class="note warn">${escapeHtml(problem)}</p>`).join("\n")}
${waitingHtml(result)}
${result.labs.map((lab) => labHtml(lab, several, r)).join("\n")}
${footHtml(result)}`;
  return pageHtml({ title: `${result.learner} – ${title}`, body: `<div class="narrow">${body}</div>` });
}

type Rounding = (value: number) => number;

function scoreHtml({ points, max }: FinalResult, r: Rounding): string {
  const percent = percentOf(points, max);
  const tone = percent >= 100 ? "good" : percent >= 50 ? "plain" : "half";
  return `<div class="score"><b>${r(points)} <small>of ${r(max)} points</small></b><div>${bar(points / (max || 1), tone)}<span class="soft">${percent} %</span></div></div>`;
}

function passedHtml({ passed }: FinalResult, { passMark }: Plan): string {
  if (passMark === undefined) return "";
  if (passed === undefined)
    return `<p><strong>Open.</strong> <span class="soft">The pass mark is ${passMark} %; a mark that is still to come decides.</span></p>`;
  return `<p><strong>${passed ? "Passed." : "Not passed."}</strong> <span class="soft">The pass mark is ${passMark} %.</span></p>`;
}

const waitingHtml = ({ waiting }: FinalResult): string =>
  waiting.length === 0
    ? ""
    : `<p class="note">${plural(waiting.length, "question waits", "questions wait")} for a mark by a person: the points above are not final.</p>`;

function labHtml(lab: FinalLab, several: boolean, r: Rounding): string {
  const { id, title, state, late, earned, points, max, file, questions } = lab;
  const rows = questions.map(
    (question) =>
      `<tr><th scope="row"><a href="#${anchor(question.id)}">${escapeLine(question.title)}</a></th><td>${stateChip(question.state)}</td>` +
      `<td class="barcell">${bar(question.points / (question.max || 1), STATES[question.state].tone)}</td><td class="num">${pointsText(question, r)}</td></tr>`,
  );
  const lateRow =
    late === undefined
      ? ""
      : `<tr><th scope="row">Handed in late</th><td colspan="2">${lateText(late)}</td><td class="num">−${r(late.deduction)}</td></tr>`;
  const sum = `<tr><th scope="row">Together</th><td colspan="2">${late === undefined ? "" : `<span class="soft">${r(earned)} before that</span>`}</td><td class="num"><strong>${r(points)} / ${r(max)}</strong></td></tr>`;
  return `<h2>Lab ${escapeLine(id)}: ${escapeLine(title)}</h2>
<p class="soft">${file === undefined ? "Nothing was handed in for this lab." : `Graded: <code>${escapeLine(file)}</code>`}${several ? ` · ${stateChip(state)}` : ""}</p>
${scrolling(
  `Exercises of lab ${id}`,
  `<table><thead><tr><th scope="col">Exercise</th><th scope="col">State</th><th scope="col" class="barcell"><span class="told">Share</span></th><th scope="col" class="num">Points</th></tr></thead>
<tbody>${rows.join("\n")}${lateRow}${sum}</tbody></table>`,
)}
${questions.map((question) => questionHtml(question, r)).join("\n")}`;
}

/** "2.3 days after the deadline (20 Nov 2026, 22:59 UTC): 30 % are taken off". */
export function lateText({ days, percent, deadline }: NonNullable<FinalLab["late"]>): string {
  const delay = days < 1 ? `${shown(24 * days, 1)} hours` : `${shown(days, 1)} days`;
  const date = new Date(deadline).toISOString().slice(0, 16).replace("T", ", ");
  return `${delay} after the deadline (${date} UTC): ${shown(percent)} % are taken off`;
}

const pointsText = ({ by, points, max }: FinalQuestion, r: Rounding): string =>
  by === "nobody" ? `– / ${r(max)}` : `${r(points)} / ${r(max)}`;

const anchor = (id: string): string => `q-${id.replace(/[^\w-]/g, "-")}`;

function questionHtml(question: FinalQuestion, r: Rounding): string {
  const { id, title, state, checks, output, mark, by } = question;
  const head = `<div class="head"><h3 id="${anchor(id)}">${escapeLine(title)} <span class="soft mono">${escapeLine(id)}</span></h3><span>${stateChip(state)} · <span class="points">${pointsText(question, r)}</span></span></div>`;
  const comment =
    mark === undefined
      ? ""
      : `<div class="note"><p><strong>${mark.by === undefined ? "Marked by hand" : `Marked by ${escapeLine(mark.by)}`}: ${mark.points} of ${r(question.own)}.</strong></p>${mark.comment === undefined ? "" : `<p>${prose(mark.comment)}</p>`}</div>`;
  const own = by === "nobody" ? `<p class="soft">A person marks this.</p>` : "";
  const told = new Set<string>();
  const items = checks.map((check) => checkHtml(check, told));
  const list = items.length === 0 ? "" : `<ul class="checks">${items.join("\n")}</ul>`;
  const printed =
    output.trim() === "" || state === "pass"
      ? ""
      : `<details><summary>What your code printed at the end</summary><pre>${escapeHtml(output.trim().slice(-2000))}</pre></details>`;
  return `<section class="question" aria-labelledby="${anchor(id)}">${head}${comment}${own}${list}${printed}${state === "pass" ? "" : furtherHtml(question)}</section>`;
}

/** A message that stood above already is not told again. */
function checkHtml(check: GradedCheck, told: Set<string>): string {
  const { title, state, score, max, message, hidden } = check;
  const repeated = hidden !== true && told.has(message);
  told.add(message);
  const text = message === "" || repeated ? "" : `<pre>${escapeHtml(message)}</pre>`;
  const name = `<strong>${escapeLine(title)}</strong>${hidden === true ? ` <span class="soft">(hidden)</span>` : ""}`;
  const { sign, word, tone } = STATES[state];
  return `<li class="${tone}"><div class="head"><span><span class="state ${tone}"><span class="sign" aria-hidden="true">${sign}</span></span> ${name} <span class="soft">${word}</span></span><span class="points soft">${score} / ${max}</span></div>${text}</li>`;
}

/** Where to read on: help that fits what the checks said, and the chapter. */
function furtherHtml({ id, checks, state }: FinalQuestion): string {
  let found: ReturnType<typeof findExercise>;
  try {
    found = findExercise(id);
  } catch (error) {
    if (error instanceof RangeError) return "";
    throw error;
  }
  const { lab, exercise } = found;
  const messages = checks.filter(({ hidden }) => hidden !== true).map(({ message }) => message);
  const help =
    state === "not run"
      ? []
      : exercise.errors
          .filter(({ see }) => messages.some((text) => see.test(text)))
          .map((error) => error.help);
  const tips = help.map((text) => `<li>${prose(text)}</li>`).join("");
  return `<p class="soft">Read on: chapter ${escapeLine(lab.id)} (<code>notebooks/${escapeLine(lab.topic)}.ipynb</code>); there, <code>hint(&quot;${escapeLine(id)}&quot;)</code> gives an idea first.</p>${tips === "" ? "" : `<ul>${tips}</ul>`}`;
}

function footHtml({ labs, handedIn, submission }: FinalResult): string {
  const hidden = labs.flatMap(({ questions }) =>
    questions.flatMap(({ checks }) => checks.filter((check) => check.hidden === true)),
  );
  const passed = hidden.filter(({ state }) => state === "pass").length;
  const lines = [
    hidden.length === 0
      ? ""
      : `<strong>Hidden checks ran, too:</strong> ${passed} of ${hidden.length} passed. Their inputs are not shown; their points are in the sums above.`,
    handedIn === undefined ? "" : `Handed in ${escapeLine(handedIn)}.`,
    `Graded ${escapeLine(submission.gradedAt)}; what was graded has the SHA-256 <span class="hash">${escapeLine(submission.source.sha256)}</span>.`,
  ];
  return `<h2>About this report</h2>\n${lines
    .filter((line) => line !== "")
    .map((line) => `<p>${line}</p>`)
    .join("\n")}`;
}
