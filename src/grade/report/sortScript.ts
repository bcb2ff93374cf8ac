/**
 * Makes the heads of tables into buttons that sort: numbers from large to small first, states from the most urgent.
 * Without the script the table stands as it is. Before printing, all that is folded opens.
 */
export const sortScript = `(function () {
"use strict";
var told = document.getElementById("sorted");
var collator = new Intl.Collator("en", { numeric: true });
document.querySelectorAll("table.sortable").forEach(function (table) {
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  var body = table.tBodies[0];
  heads.forEach(function (head, column) {
    if (!head.dataset.kind) return;
    var name = head.querySelector(".name");
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = name.textContent;
    name.replaceWith(button);
    var number = head.dataset.kind === "number";
    var falling = number && button.textContent !== "State";
    button.addEventListener("click", function () {
      var was = head.getAttribute("aria-sort");
      var up = was ? was === "descending" : !falling;
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      var rows = Array.prototype.slice.call(body.rows).map(function (row, place) {
        var cell = row.cells[column];
        return { row: row, place: place, value: number ? Number(cell.dataset.v) : cell.textContent.trim() };
      });
      rows.sort(function (a, b) {
        var order = number ? a.value - b.value : collator.compare(a.value, b.value);
        return (up ? order : -order) || a.place - b.place;
      });
      rows.forEach(function (one) { body.appendChild(one.row); });
      told.textContent = "Sorted by " + button.textContent + ", " + (up ? "rising" : "falling") + ".";
    });
  });
});
addEventListener("beforeprint", function () {
  document.querySelectorAll("details").forEach(function (one) { one.open = true; });
});
})();`;
