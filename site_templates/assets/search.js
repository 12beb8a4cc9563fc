/* Orders in the search. The theme's index knows pages; orders lie in shards of bounded size
   (search/orders.json lists them), which are loaded one after another, open orders and the newest
   first, until there is enough to show or enough was loaded. Then whoever wants older ones goes on.
   What people wrote becomes text nodes only. */
"use strict";
(() => {
  const input = document.querySelector("[data-md-component=search-query]");
  const result = document.querySelector("[data-md-component=search-result]");
  const config = document.getElementById("__config");
  if (!input || !result || !config) return;

  const SHOWN = 20;
  const MOST = 1024 * 1024; /* bytes that are loaded unasked, and again at each going on */
  const { base, translations } = JSON.parse(config.textContent);
  const root = new URL(base.endsWith("/") ? base : `${base}/`, location.href);
  const number = new Intl.NumberFormat("zh-CN");
  const pages = result.querySelector(".md-search-result__list");
  const meta = result.querySelector(".md-search-result__meta");

  const node = (tag, name, text) => {
    const made = document.createElement(tag);
    made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const box = node("div", "hl-found");
  const told = node("div", "md-search-result__meta");
  const list = node("ol", "md-search-result__list");
  const foot = node("p", "md-typeset hl-found__foot");
  const more = node("button", "md-button hl-found__more");
  told.setAttribute("role", "status");
  list.setAttribute("aria-label", "工单");
  more.type = "button";
  const whole = node("a", "hl-found__all", "在工单表里查全部");
  foot.append(more, whole);
  box.append(told, list, foot);

  /* --- shards ------------------------------------------------------------------------- */

  let listed; /* of [name, orders, bytes], the open orders and then the newest first */
  let allowed = MOST;
  let spent = 0;
  const loaded = new Map();

  const read = async (path) => {
    const answer = await fetch(new URL(path, root));
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const shard = (name, bytes) => {
    if (!loaded.has(name)) {
      spent += bytes;
      const rows = read(`search/orders/${name}`).then((found) => found.map(([id, title, state, words]) => (
        { id, title, state, words, head: `${id} ${title}`.toLowerCase(), text: `${id} ${title} ${state} ${words}`.toLowerCase() })));
      rows.catch(() => loaded.delete(name));
      loaded.set(name, rows);
    }
    return loaded.get(name);
  };
  /* An id or a date says in which month to look. */
  const months = (query) => [...query.matchAll(/(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])(?:-?\d\d)?(?!\d)/g)].map(([, year, month]) => `${year}-${month}`);

  /* --- looking ------------------------------------------------------------------------ */

  let turn = 0;
  const terms = () => input.value.toLowerCase().split(/[\s\u200b,，、；;。"“”*+]+/).filter(Boolean);

  async function look() {
    const own = ++turn;
    const wanted = terms();
    if (!wanted.length) {
      box.remove();
      return;
    }
    const hits = [];
    let seen = 0;
    try {
      listed ??= (await read("search/orders.json")).shards;
      const named = months(input.value);
      const first = listed.filter(([name]) => named.includes(name.slice(0, 7)));
      const order = [...first, ...listed.filter((one) => !first.includes(one))];
      const all = order.reduce((sum, [, count]) => sum + count, 0);
      for (const [place, [name, count, bytes]] of order.entries()) {
        const isFree = loaded.has(name) || place < first.length;
        if (!isFree && (hits.length >= SHOWN || spent + bytes > allowed)) continue;
        const rows = await shard(name, bytes);
        if (own !== turn) return;
        seen += count;
        for (const row of rows) if (wanted.every((term) => row.text.includes(term))) hits.push(row);
        if (hits.length < SHOWN) show(hits, wanted, all, seen, true);
      }
      show(hits, wanted, all, seen, false);
    } catch {
      if (own !== turn) return;
      told.textContent = "工单的索引没有读到。请再试一次，或到“工单”页查找。";
      more.hidden = false;
      more.textContent = "再试一次";
      place();
    }
  }

  /* --- showing ------------------------------------------------------------------------- */

  const marked = (text, wanted) => {
    const made = document.createDocumentFragment();
    const lower = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      const next = wanted.map((term) => [lower.indexOf(term, at), term.length]).filter(([found]) => found >= 0)
        .sort(([a, x], [b, y]) => a - b || y - x)[0];
      if (!next) break;
      made.append(text.slice(at, next[0]), node("mark", "", text.slice(next[0], next[0] + next[1])));
      at = next[0] + next[1];
    }
    made.append(text.slice(at));
    return made;
  };
  const teaser = (text, wanted) => {
    const lower = text.toLowerCase();
    const at = Math.max(0, Math.min(...wanted.map((term) => lower.indexOf(term)).filter((found) => found >= 0), text.length) - 30);
    const from = at === text.length || at < 20 ? 0 : at;
    return `${from ? "…" : ""}${text.slice(from, from + 110)}${text.length > from + 110 ? "…" : ""}`;
  };
  const item = (row, wanted) => {
    const made = node("li", "md-search-result__item");
    const link = node("a", "md-search-result__link");
    link.href = new URL(`cases/${encodeURIComponent(row.id)}/`, root).href;
    link.tabIndex = -1;
    const article = node("article", "md-search-result__article md-typeset");
    const title = document.createElement("h1");
    title.append(marked(`${row.id} ${row.title}`, wanted));
    const words = document.createElement("p");
    words.append(`${row.state} · `, marked(teaser(row.words, wanted), wanted));
    article.append(title, words);
    link.append(article);
    made.append(link);
    return made;
  };

  function show(hits, wanted, all, seen, isLooking) {
    const best = [...hits].sort((a, b) => isHead(b, wanted) - isHead(a, wanted) || ENDED.indexOf(a.state) - ENDED.indexOf(b.state));
    const left = all - seen;
    const found = hits.length ? `工单：找到 ${number.format(hits.length)} 件${hits.length > SHOWN ? `，列出前 ${SHOWN} 件` : ""}` : "工单：没有找到";
    told.textContent = isLooking ? "工单：正在查找……" : left ? `${found}（查了 ${number.format(seen)} 件）` : found;
    list.replaceChildren(...best.slice(0, SHOWN).map((row) => item(row, wanted)));
    whole.href = new URL(`cases/?find=${encodeURIComponent(input.value.trim())}`, root).href;
    more.hidden = isLooking || !left;
    more.textContent = `查其余 ${number.format(left)} 件`;
    place();
  }
  /* Open orders first, and last what was no matter of the county. */
  const ENDED = ["已办结", "已归档", "已退回市平台"];
  const isHead = (row, wanted) => wanted.every((term) => row.head.includes(term)) ? 1 : 0;

  /* What is called so stands first: pages where one of them bears the words as its title. */
  function place() {
    const wanted = terms();
    if (!wanted.length) return;
    const titles = [...pages.querySelectorAll(":scope > li :is(h1, h2)")].slice(0, 8).map((title) => title.textContent.replaceAll("\u200b", "").toLowerCase());
    const isPage = titles.some((title) => wanted.every((term) => title.includes(term)));
    if (isPage && pages.nextSibling !== box) pages.after(box);
    if (!isPage && pages.previousSibling !== box) pages.before(box);
    /* That no page has it is no news where orders have. */
    if (list.children.length && /^\d/.test(meta.textContent)) meta.textContent = `页面：${meta.textContent}`;
    meta.classList.toggle("hl-found__none", list.children.length > 0 && meta.textContent === translations["search.result.none"]);
  }
  new MutationObserver(() => { if (box.isConnected) place(); }).observe(pages, { childList: true });
  new MutationObserver(() => { if (box.isConnected) place(); }).observe(meta, { childList: true });

  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 120);
  };
  for (const event of ["input", "focus"]) input.addEventListener(event, soon);
  /* The theme listens to keys alone: what was pasted, dictated or chosen from a list of candidates
     with the mouse sends none. */
  input.addEventListener("input", () => input.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true })));
  input.form?.addEventListener("reset", () => setTimeout(look));
  more.addEventListener("click", () => {
    allowed = spent + MOST;
    more.hidden = true;
    input.focus();
    look();
  });
  if (input.value) soon();
})();
