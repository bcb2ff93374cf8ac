/**
 * Browser script of `tokenFigure` (body of `function (root, data)`). Each row becomes one stop of the Tab key
 * in which the arrow keys move; a native tooltip would cover the neighbours, so titles move to the line below.
 */
export const tokenScript = `
var lines = Array.prototype.slice.call(root.querySelectorAll(".tl-line"));
var detail = root.querySelector(".tl-detail");
var chips = lines.map(function (line) { return Array.prototype.slice.call(line.querySelectorAll("span")); });
function clear() {
  root.querySelectorAll(".tl-here,.tl-same").forEach(function (chip) { chip.classList.remove("tl-here", "tl-same"); });
}
function tell(row, i) {
  clear();
  var chip = chips[row][i], start = data.places[row][2 * i], end = data.places[row][2 * i + 1];
  chip.classList.add("tl-here");
  var place = start === end ? "at " + start : start + " to " + end;
  detail.textContent = "Token " + (i + 1) + " of " + chips[row].length + ", " + chip.dataset.tip + ", characters " + place;
  if (!data.linked) return;
  chips.forEach(function (others, r) {
    if (r === row) return;
    others.forEach(function (other, k) {
      var s = data.places[r][2 * k], e = data.places[r][2 * k + 1];
      if (s < Math.max(end, start + 1) && Math.max(e, s + 1) > start) other.classList.add("tl-same");
    });
  });
}
lines.forEach(function (line, row) {
  var mine = chips[row];
  if (mine.length === 0) return;
  line.setAttribute("role", "listbox");
  line.setAttribute("aria-orientation", "horizontal");
  line.setAttribute("aria-label", "Tokens, move with the arrow keys");
  mine.forEach(function (chip, i) {
    chip.dataset.tip = chip.title;
    chip.dataset.id = (/^id (\\d+)/.exec(chip.title) || ["", ""])[1];
    chip.setAttribute("role", "option");
    chip.setAttribute("aria-selected", "false");
    chip.setAttribute("aria-label", chip.title);
    chip.removeAttribute("title");
    chip.tabIndex = i === 0 ? 0 : -1;
  });
  function indexOf(event) {
    var chip = event.target.closest ? event.target.closest(".tl-line span") : null;
    return chip ? mine.indexOf(chip) : -1;
  }
  line.addEventListener("mouseover", function (event) { var i = indexOf(event); if (i >= 0) tell(row, i); });
  line.addEventListener("mouseleave", clear);
  line.addEventListener("focusin", function (event) {
    var i = indexOf(event);
    if (i < 0) return;
    mine.forEach(function (chip, k) { chip.tabIndex = k === i ? 0 : -1; chip.setAttribute("aria-selected", String(k === i)); });
    tell(row, i);
  });
  line.addEventListener("focusout", clear);
  line.addEventListener("keydown", function (event) {
    var i = indexOf(event), last = mine.length - 1;
    var to = { ArrowRight: Math.min(last, i + 1), ArrowLeft: Math.max(0, i - 1), Home: 0, End: last }[event.key];
    if (i < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    mine[to].focus();
  });
});
detail.textContent = "Point at a token, or press Tab and then the arrow keys, to see its id.";
var button = root.querySelector(".tl-show-ids");
button.parentNode.hidden = false;
button.addEventListener("click", function () {
  var on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "Hide ids" : "Show ids";
  lines.forEach(function (line, row) {
    line.classList.toggle("tl-with-ids", on);
    chips[row].forEach(function (chip) {
      var old = chip.querySelector("small");
      if (old) old.remove();
      if (!on) return;
      var id = document.createElement("small");
      id.textContent = chip.dataset.id;
      chip.appendChild(id);
    });
  });
});
`;
