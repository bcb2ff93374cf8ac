import type { Figure } from "../figure";
import { escapeHtml, plain } from "./escape";
import { htmlFigure } from "./html";

export interface QuizChoice {
  /** Plain text; `code` between backticks. */
  readonly text: string;
  readonly correct?: boolean;
  /** Why this choice is right or wrong. Every choice has one: a wrong guess is where learning happens. */
  readonly why: string;
}

export interface Quiz {
  readonly question: string;
  /** Two or more; several may be correct. */
  readonly choices: readonly QuizChoice[];
}

/**
 * A question to answer before running the next cell. A choice opens to tell whether it is right and why; with
 * script the first answer is kept on screen as the learner's prediction. Nothing is sent or stored.
 * Throws an Error that names the question where a quiz is unfinished.
 */
export function quiz(spec: Quiz): Figure {
  checkQuiz(spec);
  const right = spec.choices.filter((choice) => choice.correct).length;
  const choices = spec.choices.map(
    (choice, i) =>
      `<details class="tl-choice"><summary><strong>${letter(i)}</strong> ${inline(choice.text)}</summary>` +
      `<p class="${choice.correct ? "tl-right" : "tl-wrong"}"><strong>${verdict(choice)}</strong> ${inline(choice.why)}</p></details>`,
  );
  const body =
    `<p class="tl-question">${inline(spec.question)}</p>` +
    `<p class="tl-soft">Decide first, then open your choice.${right > 1 ? ` ${right} choices are right.` : ""}</p>` +
    `${choices.join("")}<p class="tl-outcome" aria-live="polite"></p>`;
  const data = { right: spec.choices.map((choice) => choice.correct === true) };
  const lines = spec.choices.flatMap((choice, i) => [
    `  ${letter(i)}  ${plain(choice.text)}`,
    `     ${verdict(choice)} ${plain(choice.why)}`,
  ]);
  return {
    html: htmlFigure({ kind: "quiz", title: "Predict", body, css, script, data }),
    text: [`Predict: ${plain(spec.question)}`, ...lines].join("\n"),
  };
}

function checkQuiz({ question, choices }: Quiz): void {
  const fail = (what: string): never => {
    throw new Error(`Quiz "${question.trim() || "(no question)"}": ${what}`);
  };
  if (!question.trim()) fail("the question is empty.");
  if (choices.length < 2) fail(`it needs at least two choices, it has ${choices.length}.`);
  if (!choices.some((choice) => choice.correct)) fail("no choice is marked correct.");
  choices.forEach((choice, i) => {
    if (!choice.text.trim()) fail(`choice ${letter(i)} has no text.`);
    if (!choice.why.trim()) fail(`choice ${letter(i)} ("${choice.text}") has no "why".`);
    if (choices.findIndex((other) => other.text.trim() === choice.text.trim()) !== i)
      fail(`choice ${letter(i)} ("${choice.text}") stands there twice.`);
  });
}

const letter = (i: number): string => String.fromCharCode(65 + (i % 26));
const verdict = (choice: QuizChoice): string => (choice.correct ? "✓ Right." : "✗ Not this one.");

/** Escaped text in which `code` between backticks is set as code. */
const inline = (text: string): string => escapeHtml(text).replace(/`([^`\n]+)`/g, "<code>$1</code>");

const script = `
var outcome = root.querySelector(".tl-outcome"), choices = Array.prototype.slice.call(root.querySelectorAll("details"));
var opened = [], total = data.right.filter(Boolean).length;
choices.forEach(function (choice, i) {
  choice.addEventListener("toggle", function () {
    if (!choice.open || opened.indexOf(i) >= 0) return;
    opened.push(i);
    choice.classList.add(data.right[i] ? "tl-hit" : "tl-miss");
    var found = opened.filter(function (k) { return data.right[k]; }).length;
    var first = "Your prediction: " + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[opened[0] % 26] + (data.right[opened[0]] ? ", right." : ", not right.");
    var rest = found === total ? (total > 1 ? " All " + total + " right choices found." : data.right[opened[0]] ? "" : " Found it now.") : total > 1 ? " " + found + " of " + total + " right choices found." : " Try another.";
    outcome.textContent = first + rest;
  });
});
`;

const css = `
.tl-quiz .tl-question{font-size:1.12em}
.tl-quiz .tl-choice{margin:.4em 0;border:1px solid var(--tl-line);border-radius:8px;background:var(--tl-tint)}
.tl-quiz summary{cursor:pointer;padding:.5em .8em;border-radius:8px}
.tl-quiz summary:hover{background:var(--tl-glow)}
.tl-quiz .tl-choice p{margin:0;padding:.2em .9em .6em 1.9em}
.tl-quiz .tl-right strong{color:var(--tl-good)}
.tl-quiz .tl-wrong strong{color:var(--tl-bad)}
.tl-quiz .tl-hit{border-color:var(--tl-good);border-width:2px}
.tl-quiz .tl-miss{border-color:var(--tl-bad);border-style:dashed}
.tl-quiz code{font:.93em var(--tl-mono);background:var(--tl-tint);color:inherit;padding:0 .15em;border-radius:3px}
.tl-quiz .tl-choice code{background:var(--tl-paper)}
.tl-quiz .tl-outcome{min-height:1.5em;margin:.5em 0 0;font-weight:600}
`;
