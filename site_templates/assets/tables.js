/* Tables that stand whole in the page, sorted by Tablesort: the order is kept in the address, and
   the rows can be taken as a sheet. Without a script they are plain tables. */
"use strict";
(() => {
  const tables = [...document.querySelectorAll("table[data-hl-table]")];
  const collator = new Intl.Collator("zh");
  const any = () => false; /* a method is named by the heading, never guessed */
  /* The first number of a cell; what has nothing to be measured is the least. */
  const number = (text) => Number(/-?\d+(?:\.\d+)?/.exec(text.replaceAll(",", ""))?.[0] ?? -1);
  Tablesort.extend("figure", any, (a, b) => number(b) - number(a));
  Tablesort.extend("words", any, (a, b) => collator.compare(b.trim(), a.trim()));

  for (const [place, table] of tables.entries()) {
    const heads = [...table.tHead.rows[0].cells];
    for (const head of heads) {
      const isNumber = head.classList.contains("hl-num");
      head.dataset.sortMethod = isNumber ? "figure" : "words";
      if (isNumber && !head.hasAttribute("data-hl-rising")) head.dataset.sortReverse = "";
      head.addEventListener("keydown", (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        head.click();
      });
    }
    new Tablesort(table);
    const [asked, column, direction] = (new URLSearchParams(location.search).get("sort") ?? "").split(":");
    const first = asked === String(place) ? heads[Number(column)] : undefined;
    if (first) {
      first.click();
      if (!first.getAttribute("aria-sort").startsWith(direction)) first.click();
    }
    table.addEventListener("afterSort", () => {
      const now = heads.findIndex((head) => head.hasAttribute("aria-sort"));
      const query = new URLSearchParams(location.search);
      query.set("sort", `${place}:${now}:${heads[now].getAttribute("aria-sort").replace("ending", "")}`);
      history.replaceState(null, "", `?${query.toString().replaceAll("%3A", ":")}${location.hash}`);
    });
    const taken = document.querySelector(`[data-hl-sheet="${table.dataset.hlTable}"]`);
    if (taken) {
      taken.hidden = false;
      taken.addEventListener("click", () => {
        const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, " ").trim()));
        window.hotlineSheet(`${document.querySelector("h1").textContent.trim()}-${table.dataset.hlTable}`, rows);
      });
    }
  }
})();
