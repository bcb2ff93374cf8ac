import { escapeHtml } from "../figures/escape";
import { dark, light, sans, type Palette } from "../figures/theme";
import { labelScript } from "./script";

/** The page where a learner labels answers: one document, its style and script within, no text from outside but `file`. */
export interface PageParts {
  readonly html: string;
  /** As they stand between their tags: a content security policy names them by their hashes. */
  readonly style: string;
  readonly script: string;
}

/** @param file where labels go, as the learner knows it */
export function labelDocument(file: string): PageParts {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Which answer is better?</title>
<link rel="icon" href="data:,">
<style>${sheet}</style>
</head>
<body>
<main>
<header>
<h1 id="title">Which answer is better?</h1>
<div class="bar"><progress id="progress" value="0" max="1" aria-label="Labelled so far"></progress>
<span id="count" role="status"></span>
<button id="undo" type="button" disabled><span>Undo</span> <kbd>U</kbd></button></div>
</header>
<p id="note" role="status"></p>
<p id="alert" role="alert"></p>
<noscript><p>This page needs JavaScript.</p></noscript>
<div id="work" hidden>
<section class="prompt" aria-label="Prompt"><h2>Prompt</h2><div id="prompt" class="text" tabindex="0" role="group" aria-label="Text of the prompt" dir="auto"></div></section>
<div id="answers"></div>
<button id="tie" type="button"><span>A tie</span> <kbd>0</kbd></button>
</div>
<div id="end" hidden>
<h2 id="done" tabindex="-1">All are labelled</h2>
<p>Thank you. Undo takes the last label back; else this page can be closed.</p>
</div>
<footer>
<p id="hint">Click into this page once, then the keys work.</p>
<p>Labels are saved at once, in <code>${escapeHtml(file)}</code>. Which answer stands where is drawn by lot.</p>
</footer>
</main>
<template id="card"><section class="card"><div class="head"><h2></h2><span class="badge"></span></div>
<div class="text" tabindex="0" role="group" dir="auto"></div>
<button type="button"><span></span> <kbd></kbd></button></section></template>
<script>${labelScript}</script>
</body>
</html>
`;
  return { html, style: sheet, script: labelScript };
}

const variables = (p: Palette): string =>
  `--paper:${p.paper};--tint:${p.tint};--ink:${p.ink};--soft:${p.soft};--line:${p.line};--grid:${p.grid};` +
  `--bad:${p.bad};--accent:${p.accent};--glow:${p.glow}`;

/** All fits a window of 1024 x 768 without scrolling: long texts scroll in their own boxes. */
const sheet = `
:root{${variables(light)};color-scheme:light}
@media (prefers-color-scheme:dark){:root{${variables(dark)};color-scheme:dark}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 ${sans}}
main{display:flex;flex-direction:column;gap:.5em;height:100vh;min-height:30em;max-width:90em;margin:0 auto;padding:.7em 1em}
header{display:flex;flex-wrap:wrap;gap:.2em 1.5em;align-items:center;justify-content:space-between}
h1{font-size:1.25em;margin:0}
h2{font-size:1em;margin:0;color:var(--soft)}
p{margin:0}
.bar{display:flex;gap:.8em;align-items:center}
progress{width:10em;accent-color:var(--accent)}
#note:empty,#alert:empty{display:none}
#note{color:var(--soft)}
#alert{border:2px solid var(--bad);border-radius:6px;padding:.4em .8em}
#work{display:flex;flex-direction:column;gap:.6em;flex:1;min-height:0}
.prompt{display:flex;flex-direction:column;min-height:5em;max-height:32%;flex:0 1 auto}
.text{white-space:pre-wrap;overflow-wrap:anywhere;overflow-y:auto;min-height:0;flex:1 1 auto}
.prompt .text{background:var(--tint);border:1px solid var(--grid);border-radius:6px;padding:.5em .8em}
#answers{display:grid;grid-template-columns:1fr 1fr;gap:.8em;flex:1;min-height:0}
.card{display:flex;flex-direction:column;gap:.4em;min-height:0;border:1px solid var(--line);border-radius:8px;padding:.6em .8em}
.card.picked{background:var(--glow);border-color:var(--accent)}
.head{display:flex;justify-content:space-between}
.picked h2{color:var(--ink)}
.badge{font-weight:700}
.empty{font-style:italic;color:var(--soft)}
button{font:inherit;color:var(--ink);background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.4em .9em;cursor:pointer}
button:hover:enabled{background:var(--glow)}
button:disabled{color:var(--soft);cursor:default}
.card button{font-weight:600}
kbd{font:inherit;font-size:.85em;border:1px solid var(--line);border-radius:4px;padding:0 .4em;background:var(--paper)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
#end{flex:1}
footer{font-size:.9em;color:var(--soft);display:flex;flex-wrap:wrap;gap:.2em 1em}
#hint{color:var(--ink);font-weight:600;order:1}
.gone{visibility:hidden}
code{overflow-wrap:anywhere}
#answers.many{grid-template-columns:repeat(auto-fit,minmax(17em,1fr));flex:1 0 auto;grid-auto-rows:minmax(11em,auto)}
.many .text{max-height:16em}
main:has(.many){height:auto;min-height:100vh}
#answers.four{grid-template-columns:1fr 1fr}
@media (max-width:640px){#answers,#answers.four{grid-template-columns:1fr;flex:1 0 auto}main{height:auto;min-height:100vh}.text{max-height:40vh}}
`;
