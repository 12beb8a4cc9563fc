/* Tables that stand whole in the page: sorted by their headings (mouse or keys), the order kept in
   the address, and taken as a sheet. Without a script they are plain tables. */
"use strict";
(() => {
  const tables = [...document.querySelectorAll("table[data-hl-table]")];
  const collator = new Intl.Collator("zh");
  const number = (text) => {
    const found = /-?\d+(?:\.\d+)?/.exec(text.replaceAll(",", ""));
    return found ? Number(found[0]) : null;
  };
  const textOf = (row, column) => row.cells[column].textContent.trim();

  /* Numbers before words; what has nothing to be measured last, whichever way. */
  function sort(table, column, direction) {
    const body = table.tBodies[0];
    const isNumber = table.tHead.rows[0].cells[column].classList.contains("hl-num");
    const sign = direction === "desc" ? -1 : 1;
    const keyed = [...body.rows].map((row) => [isNumber ? number(textOf(row, column)) : textOf(row, column), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (isNumber ? a - b : collator.compare(a, b));
    });
    body.append(...keyed.map(([, row]) => row));
    for (const [place, head] of [...table.tHead.rows[0].cells].entries()) {
      if (place === column) head.setAttribute("aria-sort", direction === "desc" ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  }
  function remember(place, column, direction) {
    const query = new URLSearchParams(location.search);
    query.set("sort", `${place}:${column}:${direction}`);
    history.replaceState(null, "", `?${query.toString().replaceAll("%3A", ":")}${location.hash}`);
  }
  function asked() {
    const [place, column, direction] = (new URLSearchParams(location.search).get("sort") ?? "").split(":");
    const table = tables[Number(place)];
    if (table && table.tHead.rows[0].cells[Number(column)]) sort(table, Number(column), direction);
  }
  /* A cell that begins like a formula is text all the same. */
  const csv = (text) => `"${text.replace(/\s+/g, " ").trim().replace(/^[=+\-@＝＋－＠]/, "'$&").replaceAll('"', '""')}"`;
  function sheet(table) {
    const lines = [...table.rows].map((row) => [...row.cells].map((cell) => csv(cell.innerText)).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }));
    link.download = `${document.querySelector("h1").textContent.trim()}-${table.dataset.hlTable}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  for (const [place, table] of tables.entries()) {
    for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "hl-sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const isNumber = head.classList.contains("hl-num");
        const now = head.getAttribute("aria-sort");
        const direction = now ? (now === "ascending" ? "desc" : "asc") : isNumber ? "desc" : "asc";
        sort(table, column, direction);
        remember(place, column, direction);
      });
    }
    const taken = document.querySelector(`[data-hl-sheet="${table.dataset.hlTable}"]`);
    if (taken) {
      taken.hidden = false;
      taken.addEventListener("click", () => sheet(table));
    }
  }
  asked();
})();
