/* Rows as a sheet that the browser saves: what both kinds of tables export. */
"use strict";
(() => {
  /* A cell that begins like a formula is text all the same. */
  const cell = (value) => `"${String(value ?? "").replace(/^\s*[=+\-@＝＋－＠]/, "'$&").replaceAll('"', '""')}"`;
  window.hotlineSheet = (name, rows) => {
    const text = rows.map((row) => row.map(cell).join(",")).join("\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" }));
    link.download = `${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
})();
