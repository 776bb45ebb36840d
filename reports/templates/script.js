
"use strict";
// The page reads without this: it filters requirements, sorts tables, and opens what a link points at.
{
  const tools = document.querySelector(".tools");
  const rows = [...document.querySelectorAll("details.row")];
  const lines = [...document.querySelectorAll(".matrix .line")];
  const only = document.querySelector(".only");

  const filter = () => {
    const words = tools.querySelector("input[type=search]").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set([...tools.querySelectorAll(":checked")].map((box) => box.value));
    let shown = 0;
    for (const row of rows) {
      const text = row.querySelector("summary").textContent.toLowerCase();
      row.hidden = !wanted.has(row.dataset.verdict) || !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    for (const line of lines) {
      const text = line.cells[0].textContent.toLowerCase();
      const found = [...line.cells].some((cell) => wanted.has(cell.dataset.verdict));
      const differs = !only.querySelector(":checked") || line.classList.contains("differs");
      line.hidden = !found || !differs || !words.every((word) => text.includes(word));
    }
    for (const group of document.querySelectorAll("section.rows, .matrix tbody")) {
      group.hidden = !group.querySelector("details.row:not([hidden]), .line:not([hidden])");
    }
    tools.querySelector("output").value = shown < rows.length ? `${shown} of ${rows.length}` : "";
  };

  if (tools && rows.length) {
    tools.hidden = false;
    tools.addEventListener("input", filter);
    if (only) {
      only.hidden = false;
      only.addEventListener("input", filter);
    }
    tools.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }

  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true }));

  const sort = (table, head) => {
    const column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const sorted = [...body.rows].sort((a, b) => compare(value(a, column), value(b, column)) * (down ? -1 : 1));
    body.append(...sorted);
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    for (const head of table.tHead.rows[0].cells) {
      if (head.dataset.fixed !== undefined || head.querySelector("a")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, head));
    }
  }

  const bar = document.querySelector(".bar");
  const fit = () => document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
  addEventListener("resize", fit);
  fit();

  const reveal = () => {
    const row = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (row instanceof HTMLDetailsElement) {
      row.hidden = false;
      row.closest("section.rows").hidden = false;
      row.open = true;
      row.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
  reveal();
}
