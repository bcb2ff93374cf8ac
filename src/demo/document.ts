/** The HTML of the pages. Nothing in them loads from elsewhere, and every address is relative: they open from disk. */
import { escapeHtml } from "../lab/browser";
import type { Chapter, Part } from "./chapter";

/** What a page says of another one. */
export interface Card {
  readonly id: string;
  readonly topic: string;
  readonly title: string;
  readonly summary: string;
  readonly sections: number;
  readonly figures: number;
  readonly minutes: number;
  readonly live: number;
}

export const cardOf = ({ id, topic, title, summary, parts, plots, minutes }: Chapter): Card => ({
  id,
  topic,
  title,
  summary,
  sections: parts.filter(({ level }) => level === 2).length,
  figures: plots,
  minutes,
  live: parts.flatMap(({ blocks }) => blocks).filter((html) => html.startsWith(`<section class="block live"`))
    .length,
});

const head = (title: string, up: string, more = ""): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<script src="${up}assets/theme.js"></script>
${more}<link rel="stylesheet" href="${up}assets/style.css">
</head>`;

/** The sign of the lab: four tokens that look at each other. */
const mark = `<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><path d="M5 26V12M12.3 26V17M19.7 26V7M27 26V14" fill="none" stroke="currentColor" stroke-width="3.4" stroke-linecap="round"/><path d="M5 9C9-1 17 0 19.7 3.4" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" opacity=".55"/></svg>`;

const themeButton = `<button type="button" class="tool" data-do="theme" aria-label="Theme: as the system" title="Light, dark, or as the system"><span class="sun" aria-hidden="true"></span></button>`;

/** @param around the chapters before and after it, where the site has them */
export function chapterDocument(chapter: Chapter, around: { before?: Card; after?: Card } = {}): string {
  const { id, topic, title, parts, styles, scripts } = chapter;
  const more = `<link rel="stylesheet" href="../assets/katex/katex.min.css">\n<style>${[...styles].join("")}</style>\n`;
  const live = parts.some(({ blocks }) => blocks.some((html) => html.includes("data-live=")));
  return `${head(`${id} · ${title}`, "../", more)}
<body data-chapter="${id}">
<a class="skip" href="#top">Skip to the text</a>
<header class="bar">
<a class="home" href="../index.html">${mark}<span>Transformer Lab</span></a>
<nav class="turn" aria-label="Chapters">${turn(around.before, "prev")}${turn(around.after, "next")}</nav>
<div class="tools"><button type="button" class="tool" data-do="code" aria-pressed="false">All code</button><button type="button" class="tool primary" data-do="slides" aria-keyshortcuts="s">Slides <kbd>s</kbd></button>${themeButton}</div>
</header>
<div class="frame">
<nav class="toc" aria-label="Sections"><details open><summary>Sections</summary><ol>${parts.map(tocLine).join("")}</ol></details></nav>
<main id="top" tabindex="-1">
${parts.map(partHtml).join("\n")}
</main>
</div>
<footer class="foot"><nav aria-label="Next chapters">${turn(around.before, "prev")}<a href="../index.html">All chapters</a>${turn(around.after, "next")}</nav></footer>
<script src="../assets/page.js" defer></script>
${scripts.size > 0 ? `<script src="${topic}.js" defer></script>\n` : ""}${live ? `<script src="../assets/live.js" defer></script>\n` : ""}</body>
</html>
`;
}

/** The figures' own scripts, each started once. They are a file, so that the page's policy can forbid scripts in the text. */
export const chapterScript = ({ scripts }: Chapter): string =>
  [...scripts].map((code) => `${code};`).join("\n");

function turn(card: Card | undefined, rel: "prev" | "next"): string {
  if (!card) return "";
  const [before, after] = rel === "prev" ? ["← ", ""] : ["", " →"];
  return `<a rel="${rel}" href="${card.topic}.html">${before}${card.id} · ${escapeHtml(card.title)}${after}</a>`;
}

const tocLine = ({ id, level, heading }: Part): string =>
  `<li class="level${level}"><a href="#${id}">${heading}</a></li>`;

function partHtml({ id, level, heading, blocks, note }: Part): string {
  const minutes = note?.minutes === undefined ? "" : ` data-minutes="${note.minutes}"`;
  const notes = note ? `\n<template class="notes">${note.html}</template>` : "";
  return `<section class="part level${level}" id="${id}" aria-labelledby="${id}-title"${minutes}>
<h${level} id="${id}-title">${heading}</h${level}>
${blocks.join("\n")}${notes}
</section>`;
}

export function indexDocument(cards: readonly Card[]): string {
  return `${head("Transformer Lab", "", `<link rel="stylesheet" href="assets/katex/katex.min.css">\n`)}
<body class="index">
<a class="skip" href="#top">Skip to the chapters</a>
<header class="bar"><a class="home" href="index.html" aria-current="page">${mark}<span>Transformer Lab</span></a><div class="tools">${themeButton}</div></header>
<main id="top" tabindex="-1">
<div class="hero"><h1>How language models work, <em>measured</em></h1>
<p>Each chapter is a page to read and a lecture to give. Figures answer to your hands, numbers were measured by the code beside them, and everything works without a network.</p>
<p class="keys">In a chapter: <kbd>s</kbd> slides · <kbd>n</kbd> notes · <kbd>o</kbd> overview · <kbd>?</kbd> all keys</p></div>
<ul class="cards">${cards.map(cardHtml).join("\n")}</ul>
</main>
<script src="assets/page.js" defer></script>
</body>
</html>
`;
}

function cardHtml({ id, topic, title, summary, sections, figures, minutes, live }: Card): string {
  const facts = [
    count(sections, "section"),
    count(figures, "figure"),
    ...(minutes > 0 ? [`${minutes} min lecture`] : []),
    ...(live > 0 ? [`${count(live, "live model")}`] : []),
  ];
  return (
    `<li class="card"><span class="number" aria-hidden="true">${id}</span>` +
    `<h2><a href="chapters/${topic}.html">${escapeHtml(title)}</a></h2><p>${summary}</p>` +
    `<p class="facts">${facts.map((fact) => `<span>${fact}</span>`).join("")}</p>` +
    `<p class="open"><a href="chapters/${topic}.html#slide" aria-label="Slides of ${escapeHtml(title)}">Slides</a></p></li>`
  );
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
