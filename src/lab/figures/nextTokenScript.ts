import { cutScript } from "./nextTokenCut";

/** Browser script of `nextTokenFigure` (body of `function (root, data)`): cuts anew at each move of a slider. */
export const nextTokenScript = `${cutScript}
var names = ["temperature", "topk", "topp", "minp"];
var inputs = names.map(function (name) { return root.querySelector(".tl-" + name); });
var outputs = inputs.map(function (input) { return input.parentNode.querySelector("output"); });
var start = inputs.map(function (input) { return input.value; });
var rows = Array.prototype.slice.call(root.querySelectorAll("tbody tr"));
var vocabulary = data.counts.reduce(function (sum, count) { return sum + count; }, 0);
function whole(n) { return String(n).replace(/\\B(?=(\\d{3})+$)/g, ","); }
function percent(p) { return (100 * p).toFixed(p < 0.001 ? 3 : 1) + " %"; }
function draw() {
  var values = inputs.map(function (input) { return Number(input.value); }), k = data.topKs[values[1]];
  var faces = [values[0].toFixed(2), k ? String(k) : "all", values[2] < 1 ? values[2].toFixed(2) : "all", values[3] > 0 ? values[3].toFixed(2) : "all"];
  faces.forEach(function (face, i) {
    outputs[i].textContent = face;
    inputs[i].setAttribute("aria-valuetext", face);
  });
  var cut = cutTokens(data, { temperature: values[0], topK: k, topP: values[2], minP: values[3] });
  var most = Math.max(cut.before[0], cut.after[0]);
  var full = [0.02, 0.05, 0.1, 0.2, 0.5].filter(function (size) { return most <= size; })[0] || 1;
  root.querySelector(".tl-full").textContent = "full length: " + Math.round(100 * full) + " %";
  rows.forEach(function (row, i) {
    var gone = cut.after[i] === 0, p = gone ? cut.before[i] : cut.after[i];
    row.classList.toggle("tl-cut", gone);
    row.querySelector(".tl-bar").style.width = Math.max(1, Math.round(data.pixels * p / full)) + "px";
    row.querySelector(".tl-p").textContent = percent(p) + (gone ? " cut" : "");
  });
  var what = cut.kept === vocabulary
    ? "All " + whole(vocabulary) + " tokens can come"
    : whole(cut.kept) + " of " + whole(vocabulary) + " tokens can come, with " + percent(cut.share) + " of the mass before the cut";
  root.querySelector(".tl-say").textContent = what + ". Entropy " + cut.entropy.toFixed(2) +
    " nats: as unsure as between " + Math.exp(cut.entropy).toFixed(1) + " equal tokens.";
}
inputs.forEach(function (input) {
  input.addEventListener("input", draw);
  input.addEventListener("keydown", function (event) { event.stopPropagation(); });
});
root.querySelector(".tl-reset").addEventListener("click", function () {
  inputs.forEach(function (input, i) { input.value = start[i]; });
  draw();
});
root.querySelector(".tl-tools").hidden = false;
draw();
`;
