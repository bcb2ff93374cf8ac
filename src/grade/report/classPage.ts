import { shown, type ClassResult, type FinalResult, type Findings } from "../class";
import { classFacts } from "./classFacts";
import { classQuestions } from "./classQuestions";
import { distributionSvg } from "./distribution";
import { percentOf } from "./grades";
import {
  bar,
  escapeHtml,
  escapeLine,
  NOT_HANDED_IN,
  pageHtml,
  plural,
  prose,
  scrolling,
  stateChip,
  STATES,
} from "./page";
import { sortScript } from "./sortScript";

/** What the class's page is made of. `files`: the learners' own pages, by name. */
export interface ClassParts {
  readonly title: string;
  readonly final: ClassResult;
  readonly findings: Findings;
  readonly files: ReadonlyMap<string, string>;
}

/** index.html: the class for its teacher. It names learners and what hidden checks found: not to be handed out. */
export function classPage(parts: ClassParts): string {
  const { title, final, findings } = parts;
  const sections = [
    section("learners", "Learners", learnersHtml(parts)),
    section("questions", "How the exercises went", classQuestions(parts)),
    section("checks", "Which checks fail most", checksHtml(findings)),
    section("mistakes", "Commonest mistakes", mistakesHtml(parts)),
    section("waiting", "What waits for a mark", waitingHtml(parts)),
    section("facts", "How it was graded", classFacts(parts)),
  ];
  const contents = sections.map(({ id, heading }) => `<li><a href="#${id}">${heading}</a></li>`).join("");
  const body = `<header>
<h1>${escapeLine(title)}</h1>
<p class="lead">${final.plan.labs.map((lab) => `Lab ${escapeLine(lab.id)}: ${escapeLine(lab.title)}`).join(" · ")}</p>
</header>
${tilesHtml(final)}
<div class="figure">${distributionSvg(
    final.learners.map(({ points, max }) => percentOf(points, max)),
    final.plan.passMark,
  )}</div>
${final.notes.map((note) => `<p class="note warn">${escapeHtml(note)}</p>`).join("\n")}
<nav aria-label="Sections"><ul class="toc">${contents}</ul></nav>
${sections.map(({ id, heading, html }) => `<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>\n${html}</section>`).join("\n")}
<p class="told" role="status" id="sorted"></p>`;
  return pageHtml({ title, body, script: sortScript });
}

const section = (id: string, heading: string, html: string) => ({ id, heading, html });

function tilesHtml({ learners, plan, missing }: ClassResult): string {
  const percents = learners.map(({ points, max }) => percentOf(points, max)).sort((a, b) => a - b);
  const mean = percents.reduce((sum, value) => sum + value, 0) / (percents.length || 1);
  const waiting = learners.reduce((sum, result) => sum + result.waiting.length, 0);
  const odd = learners.filter(({ state }) => STATES[state].tone === "bad" && state !== "fail").length;
  const late = learners.filter((result) => result.late > 0).length;
  const tiles = [
    tile(String(learners.length), learners.length === 1 ? "submission" : "submissions"),
    tile(`${shown(median(percents), 1)} %`, `median; mean ${shown(mean, 1)} %`),
    ...(missing.length === 0 ? [] : [tile(String(missing.length), NOT_HANDED_IN, true)]),
    ...(plan.passMark === undefined ? [] : [passedTile(learners)]),
    tile(String(late), late === 1 ? "lost points for being late" : "lost points for being late"),
    tile(
      String(waiting),
      waiting === 1 ? "question waits for a mark" : "questions wait for a mark",
      waiting > 0,
    ),
    tile(String(odd), "were stopped or could not be run", odd > 0),
  ];
  return `<div class="tiles">${tiles.join("")}</div>`;
}

const tile = (value: string, label: string, warn = false): string =>
  `<div class="tile${warn ? " warn" : ""}"><b>${value}</b><span>${label}</span></div>`;

function passedTile(learners: readonly FinalResult[]): string {
  const passed = learners.filter((result) => result.passed === true).length;
  const open = learners.filter((result) => result.passed === undefined).length;
  return tile(String(passed), open === 0 ? "passed" : `passed; ${open} still open`);
}

/** Of numbers in rising order. */
export function median(sorted: readonly number[]): number {
  if (sorted.length === 0) return 0;
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A cell that is sorted by a number. */
const numberCell = (value: number, text: string): string => `<td class="num" data-v="${value}">${text}</td>`;

/** The order of states when a table is sorted by them: what needs a look first. */
const URGENCY = [
  "error",
  "crash",
  "memory",
  "timeout",
  "manual",
  "syntax",
  "not run",
  "fail",
  "partial",
  "pass",
];

function learnersHtml({ final, files }: ClassParts): string {
  const { plan, learners, missing } = final;
  const r = (value: number): number => shown(value, plan.decimals);
  const several = plan.labs.length > 1;
  const labs = several ? plan.labs : [];
  const heading = [
    head("Learner"),
    ...labs.map(({ id, max }) => head(`Lab ${id}`, "number", `of ${r(max)}`)),
    head("Late", "number"),
    head("Points", "number", `of ${r(plan.max)}`),
    `<th scope="col" class="barcell"><span class="told">Share</span></th>`,
    head("State", "number"),
    ...(plan.passMark === undefined ? [] : [head("Passed")]),
  ];
  const rows = learners.map((result) => {
    const cells = [
      `<th scope="row" class="name"><a href="learners/${encodeURIComponent(files.get(result.learner)!)}.html">${escapeLine(result.learner)}</a>${result.problems.length > 0 ? ` <span class="state half" title="${escapeLine(result.problems.join(" "))}"><span class="sign">!</span><span class="told">has problems, see below</span></span>` : ""}</th>`,
      ...(several ? result.labs.map(({ points }) => numberCell(points, String(r(points)))) : []),
      numberCell(result.late, result.late > 0 ? `−${r(result.late)}` : ""),
      numberCell(result.points, `<strong>${r(result.points)}</strong>`),
      `<td class="barcell">${bar(result.points / (result.max || 1))}</td>`,
      `<td data-v="${URGENCY.indexOf(result.state)}">${stateChip(result.state)}${result.waiting.length > 0 && result.state !== "manual" ? `, ${plural(result.waiting.length, "mark")} to come` : ""}</td>`,
      ...(plan.passMark === undefined
        ? []
        : [`<td>${result.passed === undefined ? "open" : result.passed ? "yes" : "no"}</td>`]),
    ];
    return `<tr>${cells.join("")}</tr>`;
  });
  const absent =
    missing.length === 0 ? "" : `<p>Who ${NOT_HANDED_IN}: ${missing.map(escapeLine).join(", ")}.</p>`;
  const table = scrolling(
    "Table of learners",
    `<table class="sortable"><caption>Points after weights, marks by hand and what is taken off for being late. A name leads to the learner's own report.</caption><thead><tr>${heading.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`,
  );
  return table + absent;
}

const head = (text: string, kind: "text" | "number" = "text", small = ""): string =>
  `<th scope="col" data-kind="${kind}"${kind === "number" && text !== "State" ? ` class="num"` : ""}><span class="name">${text}</span>${small === "" ? "" : `<br><span class="soft">${small}</span>`}</th>`;

/** More rows stand behind a click. */
const FIRST = 12;

function checksHtml({ checks }: Findings): string {
  const failed = checks.filter((check) => check.failed.length > 0);
  if (failed.length === 0) return `<p>Nobody who wrote an exercise failed a check of it.</p>`;
  const rows = failed.map(
    ({ id, title, hidden, tried, failed: who }) =>
      `<tr><th scope="row">${escapeLine(title)}${hidden ? ` <span class="soft">(hidden)</span>` : ""}<br><span class="soft mono">${escapeLine(id)}</span></th>` +
      `<td class="num">${who.length} of ${tried}</td><td class="barcell">${bar(who.length / (tried || 1), "bad")}</td>` +
      `<td class="names">${namesHtml(who)}</td></tr>`,
  );
  const table = (some: readonly string[]): string =>
    scrolling(
      "Failed checks",
      `<table><thead><tr><th scope="col">Check</th><th scope="col" class="num">Failed</th><th scope="col" class="barcell"><span class="told">Share</span></th><th scope="col">By</th></tr></thead><tbody>${some.join("\n")}</tbody></table>`,
    );
  const more = rows.slice(FIRST);
  return (
    `<p class="lead">Of those who wrote the exercise; what is as shipped is not counted.</p>${table(rows.slice(0, FIRST))}` +
    (more.length === 0
      ? ""
      : `<details><summary>${plural(more.length, "more check")}</summary>${table(more)}</details>`)
  );
}

/** Some names, the rest behind a click. */
function namesHtml(names: readonly string[], first = 12): string {
  const text = (some: readonly string[]): string => some.map(escapeLine).join(", ");
  if (names.length <= first) return text(names);
  return `${text(names.slice(0, first))} <details><summary>and ${names.length - first} more</summary>${text(names.slice(first))}</details>`;
}

function mistakesHtml({ findings, files }: ClassParts): string {
  const { mistakes } = findings;
  if (mistakes.length === 0) return `<p>No check recognised a mistake.</p>`;
  const link = (name: string): string =>
    `<a href="learners/${encodeURIComponent(files.get(name)!)}.html">${escapeLine(name)}</a>`;
  const cards = mistakes.map(
    ({ mistake, learners, questions, hidden }) =>
      `<li class="card"><div class="count">${learners.length}<small>${learners.length === 1 ? "learner" : "learners"}</small></div><div>` +
      `<p><strong>${prose(mistake)}</strong>${hidden ? ` <span class="soft">(only hidden checks saw it)</span>` : ""}</p>` +
      `<p class="soft mono">${questions.map(escapeLine).join(", ")}</p><p class="names">${learners.map(link).join(", ")}</p></div></li>`,
  );
  const more = cards.slice(FIRST);
  const list = (some: readonly string[]): string => `<ol class="cards">${some.join("\n")}</ol>`;
  return (
    `<p class="lead">What the checks recognised, in their own words; each learner counts once.</p>${list(cards.slice(0, FIRST))}` +
    (more.length === 0
      ? ""
      : `<details><summary>${plural(more.length, "more mistake")}</summary>${list(more)}</details>`)
  );
}

function waitingHtml({ final }: ClassParts): string {
  const questions = final.plan.labs.flatMap((lab) => lab.questions);
  const rows = questions.flatMap(({ id, title, own }) => {
    const who = final.learners.filter(({ waiting }) => waiting.includes(id)).map(({ learner }) => learner);
    if (who.length === 0) return [];
    return [
      `<tr><th scope="row">${escapeLine(title)}<br><span class="soft mono">${escapeLine(id)}</span></th><td class="num">0 to ${own}</td><td class="num">${who.length}</td><td class="names">${namesHtml(who, 40)}</td></tr>`,
    ];
  });
  if (rows.length === 0) return `<p>Nothing: every question is judged.</p>`;
  return (
    scrolling(
      "Questions that wait for a mark",
      `<table><thead><tr><th scope="col">Question</th><th scope="col" class="num">Points</th><th scope="col" class="num">Waiting</th><th scope="col">Learners</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`,
    ) +
    `<p>One at a time: <code>lab mark LEARNER QUESTION POINTS --comment "..." --in FOLDER</code>. In a spreadsheet: <code>lab mark --export marks.csv --in FOLDER</code>, fill in the column <em>points</em>, and <code>lab mark --import marks.csv --in FOLDER</code>.</p>`
  );
}
