/**
 * Browser script of `attentionFigure` (body of `function (root, data)`, after `stagesScript`). The row in hand has a slider
 * for each number of its query; each table is one stop of the Tab key in which the arrow keys move.
 */
export const attentionScript = `
var names = ["scores", "scaled", "masked", "pattern", "mixed"];
var tables = Array.prototype.slice.call(root.querySelectorAll("table"));
var grids = tables.map(function (table) {
  return Array.prototype.slice.call(table.tBodies[0].rows).map(function (row) {
    return Array.prototype.slice.call(row.querySelectorAll("td"));
  });
});
var hand = root.querySelector(".tl-hand"), detail = root.querySelector(".tl-detail");
var scale = root.querySelector(".tl-scale"), mask = root.querySelector(".tl-mask");
var q = data.q.map(function (row) { return row.slice(); }), row = data.row, now, told = null;
function short(x) {
  if (x === -Infinity) return "\\u2212\\u221E";
  return x.toFixed(2).replace(/^-0\\.00$/, "0.00").replace("-", "\\u2212");
}
function ground(x, top) {
  if (!isFinite(x) || top === 0) return "transparent";
  return "rgba(" + (x < 0 ? "230,120,0" : "40,140,220") + "," + (0.7 * Math.min(1, Math.abs(x) / top)).toFixed(2) + ")";
}
function draw() {
  now = stages(q, data.k, data.v, scale.checked, mask.checked);
  names.forEach(function (name, t) {
    var values = now[name], top = 0;
    values.forEach(function (line) { line.forEach(function (x) { if (isFinite(x)) top = Math.max(top, Math.abs(x)); }); });
    if (name === "pattern") top = 1;
    grids[t].forEach(function (line, i) {
      line.forEach(function (cell, j) {
        cell.textContent = short(values[i][j]);
        cell.style.backgroundColor = ground(values[i][j], top);
      });
      line[0].parentNode.classList.toggle("tl-row", i === row);
    });
  });
  if (told) tell(told[0], told[1], told[2]);
}
function sum(a, b) { return a.map(function (x, d) { return short(x) + " \\u00D7 " + short(b[d]); }).join(" + "); }
function how(t, i, j) {
  var me = "\\u201C" + data.tokens[i] + "\\u201D", other = "\\u201C" + data.tokens[j] + "\\u201D", value = short(now[names[t]][i][j]);
  if (t === 0) return me + " looks at " + other + ": " + sum(q[i], data.k[j]) + " = " + value;
  if (t === 1) return scale.checked
    ? short(now.scores[i][j]) + " \\u00F7 \\u221A" + q[i].length + " = " + value + ", so that long vectors do not make large scores"
    : "not scaled: " + value;
  if (t === 2) return now.masked[i][j] === -Infinity
    ? other + " comes after " + me + ": its score becomes \\u2212\\u221E, and e to that power is 0"
    : other + (mask.checked ? " is not later than " : " may be seen by ") + me + ": the score stays " + value;
  if (t === 3) return "e^" + short(now.masked[i][j]) + " \\u00F7 (" + now.masked[i].map(function (x) { return "e^" + short(x); }).join(" + ") + ") = " + value;
  return "number " + j + " of what " + me + " takes: " + sum(now.pattern[i], data.v.map(function (line) { return line[j]; })) + " = " + value;
}
function tell(t, i, j) {
  told = [t, i, j];
  root.querySelectorAll(".tl-here").forEach(function (cell) { cell.classList.remove("tl-here"); });
  grids.forEach(function (grid, g) { if (g === t || (g < 4 && t < 4)) grid[i][j].classList.add("tl-here"); });
  detail.textContent = how(t, i, j);
}
function take(i) {
  row = i;
  hand.textContent = "";
  var title = document.createElement("strong");
  title.textContent = "The query of \\u201C" + data.tokens[i] + "\\u201D: ";
  hand.appendChild(title);
  q[i].forEach(function (x, d) {
    var label = document.createElement("label"), slider = document.createElement("input"), out = document.createElement("output");
    slider.type = "range"; slider.min = "-4"; slider.max = "4"; slider.step = "0.1"; slider.value = String(x);
    slider.setAttribute("aria-label", "number " + d + " of the query of " + data.tokens[i]);
    out.textContent = short(x);
    slider.addEventListener("input", function () { q[i][d] = Number(slider.value); out.textContent = short(q[i][d]); draw(); });
    slider.addEventListener("keydown", function (event) { event.stopPropagation(); });
    label.appendChild(slider); label.appendChild(out); hand.appendChild(label);
  });
  draw();
}
grids.forEach(function (grid, t) {
  grid.forEach(function (line, i) {
    line[0].parentNode.addEventListener("click", function () { take(i); });
    line.forEach(function (cell, j) {
      cell.tabIndex = i === 0 && j === 0 ? 0 : -1;
      cell.addEventListener("mouseover", function () { tell(t, i, j); });
      cell.addEventListener("focus", function () { tell(t, i, j); });
      cell.addEventListener("keydown", function (event) {
        if (event.key === "Enter") return take(i);
        var step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        var next = (grid[i + step[0]] || [])[j + step[1]];
        if (!next) return;
        cell.tabIndex = -1; next.tabIndex = 0; next.focus();
      });
    });
  });
});
scale.addEventListener("change", draw);
mask.addEventListener("change", draw);
root.querySelector(".tl-reset").addEventListener("click", function () {
  q = data.q.map(function (line) { return line.slice(); });
  scale.checked = mask.checked = true;
  take(data.row);
});
root.querySelector(".tl-player").hidden = false;
take(row);
`;
