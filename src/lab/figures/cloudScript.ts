/**
 * Browser script of `cloudFigure` (body of `function (root, data)`): draws the points anew for each pair of angles.
 * Drag to turn; the arrow keys turn too, and the buttons do the same.
 */
export const cloudScript = `
var box = root.querySelector(".tl-still"), tools = root.querySelector(".tl-tools");
var yaw = data.yaw, pitch = data.pitch, timer = null;
var shapes = [
  "<circle r='4.5'/>",
  "<path d='M-4-4H4V4H-4Z'/>",
  "<path d='M0-5.2L5 3.8L-5 3.8Z'/>",
  "<path d='M0-5.6L5 0L0 5.6L-5 0Z'/>"
];
box.innerHTML = "<svg viewBox='0 0 " + data.width + " " + data.height + "' tabindex='0' role='img'><g class='tl-dots'></g></svg>";
var svg = box.querySelector("svg"), layer = svg.querySelector("g");
svg.setAttribute("aria-label", root.getAttribute("aria-label") + ". Turn with the arrow keys.");
layer.innerHTML = data.lines.map(function () { return "<line/>"; }).join("") + data.marks.map(function (mark) {
  return "<g class='tl-dot" + (mark.group % 6) + "'>" + shapes[mark.group % 4] + "<text y='5' font-size='14'></text></g>";
}).join("");
var lines = Array.prototype.slice.call(layer.querySelectorAll("line"));
var dots = Array.prototype.slice.call(layer.querySelectorAll("g"));
dots.forEach(function (dot, i) { dot.querySelector("text").textContent = data.marks[i].label; });
function draw() {
  var cy = Math.cos(yaw), sy = Math.sin(yaw), cp = Math.cos(pitch), sp = Math.sin(pitch);
  var seen = data.places.map(function (p) {
    var right = p[0] * cy + p[2] * sy, away = p[2] * cy - p[0] * sy;
    var up = p[1] * cp - away * sp, depth = away * cp + p[1] * sp, near = 2.6 / (2.6 - depth);
    return { x: data.width / 2 + right * near * 190, y: data.height / 2 - up * near * 190, depth: depth };
  });
  data.lines.forEach(function (ends, k) {
    ["x1", "y1", "x2", "y2"].forEach(function (name, n) {
      var at = seen[ends[n < 2 ? 0 : 1]];
      lines[k].setAttribute(name, (n % 2 ? at.y : at.x).toFixed(1));
    });
  });
  seen.map(function (at, i) { return i; }).sort(function (i, j) { return seen[i].depth - seen[j].depth; }).forEach(function (i) {
    var at = seen[i], text = dots[i].querySelector("text"), left = at.x > data.width * 0.8;
    dots[i].setAttribute("transform", "translate(" + at.x.toFixed(1) + " " + at.y.toFixed(1) + ")");
    dots[i].setAttribute("opacity", (0.7 + 0.3 * at.depth).toFixed(2));
    text.setAttribute("x", left ? "-8" : "8");
    text.setAttribute("text-anchor", left ? "end" : "start");
    layer.appendChild(dots[i]);
  });
  root.setAttribute("data-yaw", yaw.toFixed(3));
}
function turn(y, p) {
  yaw += y;
  pitch = Math.max(-1.5, Math.min(1.5, pitch + p));
  draw();
}
function pause() {
  if (timer !== null) clearInterval(timer);
  timer = null;
  play.textContent = "\\u25B6 Turn";
}
var play = tools.querySelector(".tl-play");
[["left", -0.2, 0], ["right", 0.2, 0], ["up", 0, 0.2], ["down", 0, -0.2]].forEach(function (move) {
  tools.querySelector(".tl-" + move[0]).addEventListener("click", function () { pause(); turn(move[1], move[2]); });
});
play.addEventListener("click", function () {
  if (timer !== null) return pause();
  play.textContent = "\\u23F8\\uFE0E Stop";
  timer = setInterval(function () { if (root.isConnected) turn(0.02, 0); else pause(); }, 40);
});
svg.addEventListener("keydown", function (event) {
  var moves = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }, move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  event.stopPropagation();
  pause();
  turn(move[0], move[1]);
});
var held = null;
svg.addEventListener("pointerdown", function (event) {
  pause();
  held = { x: event.clientX, y: event.clientY };
  svg.setPointerCapture(event.pointerId);
});
svg.addEventListener("pointermove", function (event) {
  if (held === null) return;
  turn((event.clientX - held.x) / 150, (event.clientY - held.y) / -150);
  held = { x: event.clientX, y: event.clientY };
});
["pointerup", "pointercancel"].forEach(function (name) {
  svg.addEventListener(name, function () { held = null; });
});
tools.hidden = false;
draw();
`;
