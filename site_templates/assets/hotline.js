/* Small comforts; every page can be read without them. */
"use strict";
(() => {
  /* How old the data are: a site that nobody rebuilds must not look fresh. */
  const age = (from) => {
    const minutes = Math.floor((Date.now() - from) / 60000);
    if (minutes < 60) return "";
    const hours = Math.floor(minutes / 60);
    return hours < 24 ? `（${hours} 小时前）` : `（${Math.floor(hours / 24)} 天前）`;
  };
  for (const time of document.querySelectorAll("[data-hl-asof]")) {
    const from = Date.parse(time.dateTime);
    const words = age(from);
    if (words) time.after(words);
    /* Whoever opens yesterday's page in the morning must not take its "today" for today. */
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time.dateTime) ?? [, "+", "00", "00"];
    const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
    if (new Date(Date.now() + offset).toISOString().slice(0, 10) === time.dateTime.slice(0, 10)) continue;
    time.closest(".hl-asof").classList.add("is-stale");
    for (const head of document.querySelectorAll("[data-hl-day]")) head.append("（不是今天的数据）");
  }

  /* Copying a command. Without a clipboard (plain HTTP) the older way is tried; where that fails
     as well, the text is selected. */
  const copied = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(code);
      return document.execCommand("copy");
    }
  };
  for (const button of document.querySelectorAll("[data-hl-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const touched = matchMedia("(pointer: coarse)").matches;
      const isCopied = await copied(button.previousElementSibling);
      button.textContent = isCopied ? "已复制" : touched ? "长按复制" : "按 Ctrl+C";
      setTimeout(() => { button.textContent = "复制"; }, isCopied ? 1500 : 6000);
    });
  }

  /* A field that leaves of a list what it names. */
  for (const field of document.querySelectorAll("[data-hl-narrow]"))
    field.addEventListener("input", () => {
      const words = field.value.trim().toLowerCase();
      const all = [...document.querySelectorAll(field.dataset.hlNarrow)];
      for (const one of all) one.classList.toggle("hl-gone", !`${one.textContent} ${one.dataset.hlWords ?? ""}`.toLowerCase().includes(words));
      const nothing = document.querySelector("[data-hl-nothing]");
      if (nothing) nothing.hidden = all.some((one) => !one.classList.contains("hl-gone"));
    });

  /* A table or diagram that scrolls sideways can be reached by keyboard. */
  for (const box of document.querySelectorAll(".hl-scroll, .hl-diagram"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
})();
