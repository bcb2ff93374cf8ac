import { escapeLine } from "./escape";

/**
 * A player over the steps of a list: play, back, forward, and a slider, all reachable by keyboard. The list
 * itself is the figure; without script it simply shows every step, and the controls stay hidden.
 */
export const playerControls = (steps: number, what: string): string =>
  `<p class="tl-player" hidden="hidden">` +
  `<button type="button" class="tl-back">‹ Back</button> ` +
  `<button type="button" class="tl-play">▶ Play</button> ` +
  `<button type="button" class="tl-next">Next ›</button> ` +
  `<input class="tl-slider" type="range" min="1" max="${steps}" value="1" step="1" aria-label="${escapeLine(what)}"> ` +
  `<output class="tl-count" aria-live="polite"></output></p>`;

/** What the script is given. */
export interface PlayerData {
  /** What a screen reader hears at each step. */
  readonly say: readonly string[];
  /** The step that is shown first. */
  readonly from: number;
  /** Milliseconds a step while playing. */
  readonly pace: number;
}

/** Body of `function (root, data)`, where `data` is a PlayerData. */
export const playerScript = `
var steps = Array.prototype.slice.call(root.querySelectorAll(".tl-step"));
var slider = root.querySelector(".tl-slider"), count = root.querySelector(".tl-count");
var back = root.querySelector(".tl-back"), next = root.querySelector(".tl-next"), play = root.querySelector(".tl-play");
var timer = null, now = 0;
function show(i) {
  now = Math.max(0, Math.min(steps.length - 1, i));
  steps.forEach(function (step, k) {
    step.classList.toggle("tl-now", k === now);
    step.classList.toggle("tl-later", k > now);
    if (k === now) step.setAttribute("aria-current", "step"); else step.removeAttribute("aria-current");
  });
  slider.value = String(now + 1);
  slider.setAttribute("aria-valuetext", data.say[now]);
  count.textContent = (now + 1) + " of " + steps.length;
  back.disabled = now === 0;
  next.disabled = now === steps.length - 1;
}
function pause() {
  if (timer !== null) clearInterval(timer);
  timer = null;
  play.textContent = "\\u25B6 Play";
}
function start() {
  if (now === steps.length - 1) show(0);
  play.textContent = "\\u23F8\\uFE0E Pause";
  timer = setInterval(function () {
    if (!root.isConnected) return pause();
    show(now + 1);
    if (now === steps.length - 1) pause();
  }, data.pace);
}
back.addEventListener("click", function () { pause(); show(now - 1); });
next.addEventListener("click", function () { pause(); show(now + 1); });
play.addEventListener("click", function () { if (timer === null) start(); else pause(); });
slider.addEventListener("input", function () { pause(); show(Number(slider.value) - 1); });
slider.addEventListener("keydown", function (event) { event.stopPropagation(); });
root.classList.add("tl-playing");
root.querySelector(".tl-player").hidden = false;
show(data.from);
`;

export const playerCss = `
.tl .tl-player{display:flex;align-items:center;gap:.5em;flex-wrap:wrap;margin:.2em 0 .6em}
.tl .tl-slider{flex:1 1 10em;max-width:20em;accent-color:var(--tl-accent);margin:0}
.tl .tl-count{min-width:5em;color:var(--tl-soft);font-variant-numeric:tabular-nums}
.tl .tl-play{min-width:6.2em}
.tl-playing .tl-later{visibility:hidden}
`;
