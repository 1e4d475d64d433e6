"use strict";
// Sorts a table by the column whose head is clicked; numbers as numbers, empty cells last.
function value(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value ?? cell.textContent.trim();
}
function compare(a, b, direction) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const numbers = Number(a) - Number(b);
  return direction * (Number.isNaN(numbers) ? a.localeCompare(b, "en", { numeric: true }) : numbers);
}
for (const head of document.querySelectorAll("thead th")) {
  head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const rows = [...body.rows];
    rows.sort((a, b) => compare(value(a, head.cellIndex), value(b, head.cellIndex), up ? 1 : -1));
    body.append(...rows);
  });
}
for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const code = button.previousElementSibling;
    // A page from disk may not be given the clipboard; then the line is marked for Ctrl+C.
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "marked";
    }
  });
}
// A link to a folded section opens it.
function unfold() {
  const section = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = section?.querySelector(":scope > details");
  if (folded) folded.open = true;
}
addEventListener("hashchange", unfold);
unfold();
// On paper nothing can be opened.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
