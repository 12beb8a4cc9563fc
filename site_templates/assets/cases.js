/* The table of all orders, from api/v1/cases.json. What people wrote becomes text nodes only.
   Filters, sorting and page stand in the address, so that a link shows the same rows.
   (The theme's own search already means something by "q".) */
"use strict";
(() => {
  const holder = document.querySelector("[data-hl-cases]");
  const form = document.querySelector("[data-hl-filter]");
  const count = document.querySelector("[data-hl-count]");
  if (!holder || !form) return;

  const PAGE = 50;
  const PRINTED = 500;
  const FIELDS = ["find", "state", "status", "urgency", "unit", "category", "since", "until", "sort"];
  /* States that a word of the form stands for. */
  const STATES = { open: (row) => !DONE.has(row.state), waiting: (row) => row.state === "new" || row.state === "accepted", redo: (row) => row.redo === true };
  const isIn = (row, state) => STATES[state]?.(row) ?? row.state === state;
  const DONE = new Set(["closed", "archived", "returned"]);
  const RANK = { overdue: 0, due_soon: 1, running: 1 };
  const root = holder.dataset.hlRoot;
  const number = new Intl.NumberFormat("zh-CN");

  /* Characters that nobody sees, or that turn the line around, as what they are. */
  const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
  const shown = (text) => String(text).replace(UNSEEN, (found) => `\\u{${found.charCodeAt(0).toString(16)}}`);
  const node = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined && text !== null) made.textContent = shown(text);
    return made;
  };
  const say = (words) => { count.textContent = words; };

  fetch(holder.dataset.hlCases)
    .then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    })
    .then(show)
    .catch(() => say("工单数据没有读到。请刷新页面，或联系网站维护人员。"));

  function show(data) {
    const label = (kind, name) => data.labels[kind][name] ?? name ?? "";
    const today = data.now.slice(0, 10);
    const year = data.now.slice(0, 4);
    const moment = (text) => {
      const words = `${+text.slice(5, 7)}月${+text.slice(8, 10)}日 ${text.slice(11, 16)}`;
      return text.slice(0, 4) === year ? words : `${text.slice(0, 4)}年${words}`;
    };
    const rows = data.cases.map((row) => ({
      ...row,
      category_name: label("category", row.category),
      lead_name: row.lead ? label("unit", row.lead) : "未交办",
      state_name: row.redo ? "重办中" : label("state", row.state),
      due_key: row.due ? `${RANK[row.due.status]}${row.due.due_at}` : `9${9e15 - Date.parse(row.dispatched_at)}`,
      place: (row.location ?? "").toLowerCase(),
      text: [row.id, row.redo ? "重办中" : label("state", row.state), row.upstream_id, row.title, row.location, label("category", row.category), row.lead ? label("unit", row.lead) : "未交办",
        ...row.support.map((unit) => label("unit", unit)), label("channel", row.channel), label("kind", row.kind)]
        .join("\n").toLowerCase(),
    }));

    /* --- cells ------------------------------------------------------------------------ */

    const link = (row) => {
      const made = node("a", "hl-cell__title", row.title);
      made.href = root + row.url;
      return made;
    };
    const chip = (status) => node("span", `hl-chip hl-chip--${status}`, label("status", status));
    const state = (row) => node("span", "hl-state", row.state_name);
    const urgency = (row) => row.urgency === "normal" ? null
      : node("span", `hl-tag hl-tag--${row.urgency}`, label("urgency", row.urgency));
    const wrap = (name, ...parts) => {
      const made = node("div", name);
      made.append(...parts.filter(Boolean));
      return made;
    };
    /* Whose limit it is, where that is not the unit that the row names. */
    const owner = (row, due) => due.unit && due.unit !== row.lead ? `（${label("unit", due.unit)}）` : "";
    /* What is asked for: where that is what falls due today, not what is overdue besides. */
    const asked_due = (row) => form.elements.status.value === "today" && row.today ? row.today : row.due;
    const order = (row) => form.elements.status.value === "today" && row.today ? `1${row.today.due_at}` : row.due_key;
    const ended = (row) => `${moment(row.closed_at)} ${row.state === "returned" ? "退回市平台" : "办结"}`;
    /* As long as no unit has the order, it is the center that has to assign it. */
    const duty = (row, due) => {
      const words = due.due_at.slice(0, 10) === today ? `今天 ${due.due_at.slice(11, 16)}` : moment(due.due_at);
      return `${row.lead ? label("clock", due.name) : "交办"} ${words} 到期${owner(row, due)}`;
    };
    const due = (row) => {
      const due = asked_due(row);
      if (!due) return wrap("hl-cell", node("span", "hl-sub", row.closed_at ? ended(row) : "没有待办的时限"));
      return wrap("hl-cell", chip(due.status), node("span", "hl-sub", duty(row, due)));
    };
    const card = (cell) => {
      const row = cell.getData();
      const due = asked_due(row);
      const words = due ? duty(row, due) : row.closed_at ? ended(row) : "";
      return wrap("hl-cell", link(row),
        wrap("hl-card__line", due ? chip(due.status) : state(row), urgency(row), node("span", "", words)),
        wrap("hl-card__line", node("span", "hl-id", row.id), node("span", "", row.lead_name), row.due ? state(row) : null));
    };

    /* --- the address ------------------------------------------------------------------ */

    const asked = new URLSearchParams(location.search);
    /* What a link asks for and the form does not know: an old link, or one typed by hand. */
    const unknown = [];
    for (const name of FIELDS) {
      const field = form.elements[name];
      const value = asked.get(name) ?? "";
      if (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value))
        field.value = value;
      else if (name !== "sort") unknown.push(value);
    }
    /* Orders at the place of this one: no address carries what somebody wrote. */
    const near = asked.get("near");
    const there = near && rows.find((row) => row.id === near);
    if (there) form.elements.find.value = `地点:${shown(there.location).trim().split(/\s+/).join(" 地点:")}`;
    else if (near) unknown.push(near);
    const firstSort = () => {
      const [name, direction] = (asked.get("sort") ?? "").split(":");
      const known = ["id", "title", "state_name", "due_key", "lead_name", "dispatched_at"];
      const column = { lead: "lead_name" }[name] ?? name;
      return known.includes(column) ? [{ column, dir: direction === "desc" ? "desc" : "asc" }] : [{ column: "due_key", dir: "asc" }];
    };
    let chosen = location.search;
    const remember = () => {
      const query = new URLSearchParams();
      for (const name of FIELDS) if (name !== "sort" && form.elements[name].value) query.set(name, form.elements[name].value);
      const [sorter] = table.getSorters();
      if (sorter && !(sorter.field === "due_key" && sorter.dir === "asc")) query.set("sort", `${sorter.field}:${sorter.dir}`);
      if (table.getPage() > 1) query.set("page", table.getPage());
      const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
      history.replaceState(null, "", text ? `?${text}` : location.pathname);
      chosen = location.search;
    };

    /* --- the table --------------------------------------------------------------------- */

    const narrow = matchMedia("(max-width: 63.9em)");
    const more = document.querySelector("[data-hl-more]");
    more.open = !matchMedia("(max-width: 44.9em)").matches || ["urgency", "unit", "category", "since", "until"].some((name) => form.elements[name].value);
    const wide = (column) => ({ headerSort: true, visible: !narrow.matches, print: true, ...column });
    const table = new Tabulator(holder, {
      data: rows,
      index: "path",
      layout: "fitColumns",
      pagination: true,
      paginationSize: PAGE,
      paginationInitialPage: Math.max(1, Number.parseInt(asked.get("page") ?? "1", 10) || 1),
      paginationButtonCount: 3,
      /* Outside of the grid, in which buttons have no place. */
      paginationElement: document.querySelector("[data-hl-pages]"),
      initialFilter: keep,
      initialSort: firstSort(),
      headerSortTristate: false,
      columnHeaderSortMulti: false,
      resizableColumnFit: false,
      columnDefaults: { resizable: false, headerHozAlign: "left" },
      placeholder: "没有符合条件的工单",
      /* Paper shows all rows that were chosen, as a plain table; of very many only this page. */
      printAsHtml: true,
      printStyled: false,
      printRowRange: () => {
        const chosen = table.getRows("active");
        return chosen.length <= PRINTED ? chosen : table.getRows("display");
      },
      locale: "zh",
      langs: { zh: { pagination: { first: "首页", last: "末页", prev: "上一页", next: "下一页", first_title: "首页", last_title: "末页", prev_title: "上一页", next_title: "下一页", page_title: "第几页" } } },
      columns: [
        { title: "工单", field: "path", formatter: card, headerSort: false, visible: narrow.matches, print: false, minWidth: 200 },
        wide({ title: "工单", field: "title", widthGrow: 5, minWidth: 240, formatter: (cell) => {
          const row = cell.getData();
          return wrap("hl-cell", link(row), wrap("hl-card__line", urgency(row), node("span", "", row.category_name), node("span", "", label("kind", row.kind))));
        } }),
        wide({ title: "编号", field: "id", width: 172, formatter: (cell) => node("span", "hl-id", cell.getValue()) }),
        wide({ title: "状态", field: "state_name", width: 110, formatter: (cell) => state(cell.getData()) }),
        wide({ title: "时限", field: "due_key", width: 208, sorter: (a, b, first, second) => order(first.getData()).localeCompare(order(second.getData()), "en"), formatter: (cell) => due(cell.getData()) }),
        wide({ title: "主办单位", field: "lead_name", widthGrow: 2, minWidth: 120, sorter: (a, b) => a.localeCompare(b, "zh"), formatter: (cell) => {
          const row = cell.getData();
          if (!row.lead) return node("span", "hl-sub", row.lead_name);
          const made = node("a", "hl-unit", row.lead_name);
          made.href = `${root}units/${encodeURIComponent(row.lead)}/`;
          return made;
        } }),
        wide({ title: "派单", field: "dispatched_at", width: 132, formatter: (cell) => node("span", "hl-sub", moment(cell.getValue())) }),
      ],
    });

    /* A word stands anywhere, or with 地点: in the place. */
    function meets(row, word) {
      const [, place] = /^地点[:：](.*)$/.exec(word) ?? [];
      return place === undefined ? row.text.includes(word) : row.place.includes(place);
    }
    function keep(row) {
      const value = (name) => form.elements[name].value;
      const words = value("find").trim().toLowerCase().split(/\s+/).filter(Boolean);
      if (!words.every((word) => meets(row, word))) return false;
      const state = value("state");
      if (state && !isIn(row, state)) return false;
      if (value("category") && row.category !== value("category")) return false;
      const day = row.dispatched_at.slice(0, 10);
      if ((value("since") && day < value("since")) || (value("until") && day > value("until"))) return false;
      const status = value("status");
      if (status === "today" ? !row.due_today : status && row.status !== status) return false;
      if (value("urgency") && !value("urgency").split(",").includes(row.urgency)) return false;
      if (!value("unit")) return true;
      /* With a limit asked for, whose it is counts, not who else has a part in the order. */
      if (status) return asked_due(row)?.unit === value("unit");
      return row.lead === value("unit") || row.support.includes(value("unit"));
    }

    let isReady = false;
    table.on("tableBuilt", () => {
      isReady = true;
      form.hidden = false;
      document.querySelector("[data-hl-foot]").hidden = false;
      holder.querySelector(".tabulator-tableholder").removeAttribute("tabindex");
      counted();
      /* Headings sort by keyboard too. */
      for (const column of table.getColumns()) {
        const head = column.getElement();
        if (!head.classList.contains("tabulator-sortable")) continue;
        head.tabIndex = 0;
        head.addEventListener("keydown", (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          const [now] = table.getSorters();
          table.setSort(column.getField(), now?.field === column.getField() && now.dir === "asc" ? "desc" : "asc");
        });
      }
      for (const event of ["pageLoaded", "dataSorted"]) table.on(event, () => setTimeout(() => { remember(); paged(); }));
      paged();
      holder.dataset.hlReady = "";
    });

    /* --- the same rows as a sheet ------------------------------------------------------- */

    const COLUMNS = { id: "编号", title: "标题", upstream_id: "上级平台编号", location: "地点", kind_name: "类型", urgency_name: "紧急程度", state_name: "状态", category_name: "事项", lead_name: "主办单位", support_names: "协办单位", dispatched: "派单时间", due_name: "时限", due: "到期", due_status: "情形", closed: "办结时间" };
    const cell = (text) => text ? text.slice(0, 16).replace("T", " ") : "";
    document.querySelector("[data-hl-csv]").addEventListener("click", () => {
      const lines = table.getData("active").map((row) => ({
        ...row, kind_name: label("kind", row.kind), urgency_name: label("urgency", row.urgency),
        support_names: row.support.map((unit) => label("unit", unit)).join("、"),
        dispatched: cell(row.dispatched_at), closed: cell(row.closed_at), due: cell(row.due?.due_at),
        due_name: row.due ? label("clock", row.due.name) : "", due_status: row.due ? label("status", row.due.status) : "",
      }));
      window.hotlineSheet(`工单-${today}`, [COLUMNS, ...lines].map((row) => Object.keys(COLUMNS).map((name) => row[name])));
    });

    function counted() {
      const shown = table.getDataCount("active");
      const words = shown === rows.length ? `共 ${number.format(rows.length)} 件` : `共 ${number.format(rows.length)} 件，符合条件 ${number.format(shown)} 件`;
      const [since, until] = [form.elements.since.value, form.elements.until.value];
      if (since && until && since > until) say("起始日期晚于截止日期，没有这样的工单");
      else say(unknown.length ? `${words}。链接里的条件“${unknown.join("、").slice(0, 40)}”没有这一项，没有使用` : words);
    }
    function paged() {
      const pages = table.getPageMax();
      document.querySelector("[data-hl-at]").textContent = pages > 1 ? `第 ${table.getPage()} 页，共 ${pages} 页` : "";
    }
    /* What is asked for most, with how many there are, one click away. */
    const presets = [...document.querySelectorAll("[data-hl-preset]")];
    for (const button of presets) {
      const asks = new URLSearchParams(button.dataset.hlPreset);
      const [state, status] = [asks.get("state"), asks.get("status")];
      const there = rows.filter((row) => state ? isIn(row, state)
        : status === "today" ? row.due_today : status ? row.status === status : true).length;
      button.querySelector("b").textContent = number.format(there);
      button.addEventListener("click", () => {
        history.pushState(null, "", location.href);
        form.reset();
        setTimeout(() => {
          for (const [name, value] of asks) form.elements[name].value = value;
          filtered();
        });
      });
    }
    function pressed() {
      const now = FIELDS.filter((name) => name !== "sort" && form.elements[name].value).map((name) => `${name}=${form.elements[name].value}`).join("&");
      for (const button of presets) button.setAttribute("aria-pressed", String(button.dataset.hlPreset === now));
    }
    pressed();
    /* Going back to what was chosen before; a place within the page is none of it. */
    addEventListener("popstate", () => { if (location.search !== chosen) location.reload(); });
    function filtered() {
      if (!isReady) return;
      pressed();
      setTimeout(() => {
        /* What a row shows follows from what is asked for. */
        const [sorter] = table.getSorters();
        if (sorter?.field === "due_key") table.setSort("due_key", sorter.dir);
        for (const row of table.getRows("visible")) row.reformat();
        paged();
      });
      unknown.length = 0;
      table.setFilter(keep);
      counted();
      remember();
    }
    let waiting;
    form.addEventListener("input", (event) => {
      if (event.target.name === "sort") return;
      clearTimeout(waiting);
      waiting = setTimeout(filtered, event.target.name === "find" ? 150 : 0);
    });
    form.elements.sort.addEventListener("change", () => {
      const [name, direction] = (form.elements.sort.value || "due_key:asc").split(":");
      table.setSort({ lead: "lead_name" }[name] ?? name, direction);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { table.setSort("due_key", "asc"); filtered(); }));
    narrow.addEventListener("change", () => {
      for (const column of table.getColumns()) column[(column.getField() === "path") === narrow.matches ? "show" : "hide"]();
      table.redraw(true);
    });
  }
})();
