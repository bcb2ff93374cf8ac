/**
 * Browser script of the labelling page. The server holds the state: each action sends one request and shows what comes back,
 * so that two tabs, a reload or a lost connection cannot lose or double a label.
 */
export const labelScript = `
"use strict";
const $ = (id) => document.getElementById(id);
const ordinals = ["best", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th"];
let view = null, picks = [], busy = false, quietUntil = 0, shownAt = 0, asked = 0;

// A second click of a double click, or a key that is held, must not judge what has only just come.
const tooSoon = () => busy || performance.now() < quietUntil;
const rest = () => { quietUntil = performance.now() + 300; };
const say = (text) => { $("note").textContent = text; };
const warn = (text) => { $("alert").textContent = text; };

/** A change: nothing else is taken until it is answered. */
async function ask(place, body) {
  busy = true;
  asked++;
  const slow = setTimeout(() => say("Saving ..."), 500);
  const stuck = setTimeout(() => say("The notebook is busy with a cell. The page goes on when it is free."), 4000);
  try {
    const sent = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(place, { cache: "no-store", ...sent });
    const reply = await response.json();
    say(reply.note || "");
    warn(reply.error || "");
    if (reply.view) show(reply.view);
  } catch {
    say("");
    warn("No connection: the program behind this page has ended or was started anew. " +
      (body ? "Your last choice was not saved; " : "") + "what you labelled before is in the file. " +
      "Run the cell, or lab label, again and open the page from there.");
  } finally {
    clearTimeout(slow);
    clearTimeout(stuck);
    busy = false;
  }
}

/** Another tab may have labelled. Not awaited: the click that brings the focus must count, and outdates the answer. */
async function refresh() {
  const at = asked;
  try {
    const reply = await (await fetch("view", { cache: "no-store" })).json();
    if (reply.view && at === asked && picks.length === 0) show(reply.view);
  } catch {
    // The next choice will say it.
  }
}

function show(next) {
  const same = view && view.item && next.item && view.item.id === next.item.id && view.done === next.done;
  view = next;
  $("progress").max = next.total;
  $("progress").value = next.done;
  $("count").textContent = next.done + " of " + next.total + " labelled";
  $("work").hidden = !next.item;
  $("end").hidden = Boolean(next.item);
  if (same) return draw();
  picks = [];
  rest();
  shownAt = performance.now();
  if (!next.item) {
    $("title").textContent = "Done";
    $("undo").disabled = next.done === 0;
    return $("done").focus();
  }
  write($("prompt"), next.item.prompt, "(empty prompt)");
  build(next.item.answers);
  draw();
}

function write(box, text, empty) {
  box.textContent = text.trim() === "" ? empty : text;
  box.classList.toggle("empty", text.trim() === "");
  box.scrollTop = 0;
}

function build(answers) {
  const grid = $("answers");
  const many = answers.length > 2;
  $("title").textContent = many ? "Put the answers in order, the best one first" : "Which answer is better?";
  grid.classList.toggle("many", many);
  grid.classList.toggle("four", answers.length === 4);
  if (grid.children.length !== answers.length)
    grid.replaceChildren(...answers.map((_, i) => {
      const card = $("card").content.firstElementChild.cloneNode(true);
      card.querySelector("h2").textContent = "Answer " + (i + 1);
      card.setAttribute("aria-label", "Answer " + (i + 1));
      card.querySelector(".text").setAttribute("aria-label", "Text of answer " + (i + 1));
      card.querySelector("button").addEventListener("click", () => pick(i));
      return card;
    }));
  answers.forEach((text, i) => write(grid.children[i].querySelector(".text"), text, "(empty answer)"));
}

/** Buttons and badges by what is picked so far. */
function draw() {
  $("undo").disabled = picks.length === 0 && view.done === 0;
  if (!view.item) return;
  const many = view.item.answers.length > 2;
  Array.from($("answers").children).forEach((card, i) => {
    const place = picks.indexOf(i);
    card.classList.toggle("picked", place >= 0);
    card.querySelector(".badge").textContent = place >= 0 ? ordinals[place] : "";
    const name = "Answer " + (i + 1);
    card.querySelector("button span").textContent =
      !many ? name + " is better" : place >= 0 ? "Take " + name.toLowerCase() + " back" : name + " is " + (picks.length ? "" : "the ") + ordinals[picks.length];
    card.querySelector("kbd").textContent = many ? i + 1 : i === 0 ? "1 or \\u2190" : "2 or \\u2192";
  });
  $("tie").querySelector("span").textContent =
    !many ? "A tie: equally good, or equally bad" : picks.length === 0 ? "All are equally good" : "The others are equally good";
}

function pick(i) {
  if (tooSoon() || !view || !view.item || i >= view.item.answers.length) return;
  const at = picks.indexOf(i);
  if (at >= 0) picks.splice(at, 1);
  else picks.push(i);
  if (picks.length === view.item.answers.length - 1) return send();
  rest();
  draw();
}

/** Those that are not picked share the place after the last. */
function send() {
  if (!view || !view.item) return;
  const ranks = view.item.answers.map((_, i) => (picks.includes(i) ? picks.indexOf(i) : picks.length) + 1);
  const seconds = Math.round((performance.now() - shownAt) / 100) / 10;
  const unsent = picks;
  picks = [];
  return ask("label", { id: view.item.id, ranks, seconds }).then(() => {
    if ($("alert").textContent && view.item) {
      picks = unsent.slice(0, -1);
      draw();
    }
  });
}

function undo() {
  if (tooSoon() || !view) return;
  if (picks.length > 0) {
    picks.pop();
    rest();
    return draw();
  }
  if (view.done > 0) return ask("undo", { done: view.done });
}

const tie = () => { if (!tooSoon()) send(); };
$("tie").addEventListener("click", tie);
$("undo").addEventListener("click", undo);
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const two = view && view.item && view.item.answers.length === 2;
  const key = event.key.toLowerCase();
  const does = key === "u" ? undo : key === "0" ? tie
    : /^[1-9]$/.test(key) ? () => pick(Number(key) - 1)
    : two && key === "arrowleft" ? () => pick(0) : two && key === "arrowright" ? () => pick(1) : null;
  if (!does) return;
  event.preventDefault();
  does();
});

// In a frame the keys go to the notebook until the frame is clicked. The line keeps its room: a button that moves
// between the press and the release of the mouse is not clicked.
const hint = () => { $("hint").classList.toggle("gone", document.hasFocus()); };
addEventListener("focus", () => { hint(); refresh(); });
addEventListener("blur", hint);
hint();
ask("view");
`;
