(async () => {
  const { make, whole, percent, points, format } = page;
  const find = (selector) => document.querySelector(selector);
  const root = document.documentElement, STEP = 100;

  try {
    page.data = await page.inflate(find("#rows").textContent);
  } catch (why) {
    find("#plain-says").hidden = true;
    find("#plain-failed").hidden = false;
    root.classList.add("failed");
    return;
  }
  const words = page.data.words, { columns, choices } = page.data.rows, count = columns.account_id.length;
  page.value = (name, row) => (columns[name] ? columns[name][row] : null);
  page.code = (name, row) => { const place = page.value(name, row); return place === null ? null : choices[name][place]; };
  page.text = (name, row) => (choices[name] ? page.code(name, row) : page.value(name, row));
  page.reasons = (row) => [1, 2, 3].map((n) => [page.value(`driver_${n}_points`, row), page.value("driver_" + n, row)]).filter((pair) => pair[1]);
  page.signals = (row) => (page.value("signals", row) || "").split("; ").filter((one) => one.trim());
  const titles = new Map(page.data.plays.map((one) => [one.play, one.title]));
  const play = (row) => { const one = page.text("play", row); return one && (titles.get(one) || one); };
  const change = (row) => { const [now, last] = [page.value("churn_probability", row), page.value("churn_probability_last_list", row)]; return now === null || last === null ? null : now - last; };
  const address = (row) => "#account=" + encodeURIComponent(columns.account_id[row].toWellFormed ? columns.account_id[row].toWellFormed() : columns.account_id[row]);

  // The table: heading, class, what it sorts by, the direction in which it starts, and the cell.
  const small = (text) => (text ? make("small", {}, text) : null);
  const COLUMNS = [
    { word: "page_rank", style: "rank", key: (row) => page.value("rank", row), start: 1, cell: (row) => String(page.value("rank", row)) },
    { word: "page_account", style: "account", key: (row) => page.text("account_name", row) || columns.account_id[row], start: 1, cell: (row) => [
      make("a", { href: address(row) }, page.text("account_name", row) || columns.account_id[row]),
      small([columns.account_id[row], page.text("tier", row), page.text("lifecycle_stage", row), page.text("segment", row)].filter(Boolean).join(" · "))] },
    { word: "page_owner", style: "owner", key: (row) => page.text("owner", row), start: 1, cell: (row) => [page.text("owner", row) || "–", page.value("owner_place", row) === null ? null : small(format(words.place, { n: page.value("owner_place", row) }))] },
    { word: "page_renewal", style: "renewal", key: (row) => page.value("renewal_date", row), start: 1, cell: (row) => {
      const left = page.value("days_to_renewal", row);
      return [page.value("renewal_date", row) || "–", left === null ? null : small(format(left < 0 ? words.overdue : words.days, { n: whole(Math.abs(left)) }))];
    } },
    { word: "page_arr", style: "money", key: (row) => page.value("arr", row), start: -1, cell: (row) => whole(page.value("arr", row)) },
    { word: "page_at_risk", style: "money strong", key: (row) => page.value("arr_at_risk", row), start: -1, cell: (row) => whole(page.value("arr_at_risk", row)) },
    { word: "page_probability", style: "probability", key: (row) => page.value("churn_probability", row), start: -1, cell: (row) => {
      const now = page.value("churn_probability", row);
      if (now === null) return "–";
      const fill = make("span", { class: "fill" });
      fill.style.width = now / 100 + "%";
      const bounds = page.value("churn_low", row) === null ? null : small(percent(page.value("churn_low", row)).slice(0, -1) + "–" + percent(page.value("churn_high", row)));
      return [percent(now), make("span", { class: "meter", "aria-hidden": "true" }, fill), bounds];
    } },
    { word: "page_change", style: "change", key: change, start: -1, cell: (row) => {
      const moved = change(row), movement = page.code("movement", row);
      const arrow = moved === null ? "–" : moved > 4 ? "▲ " + (moved / 100).toFixed(1) : moved < -4 ? "▼ " + (-moved / 100).toFixed(1) : "0.0";
      const isMoved = movement && movement !== "steady";
      return [make("span", { class: isMoved ? movement : "still" }, arrow), isMoved ? make("small", { class: "badge " + movement }, words["movement_" + movement] || movement) : null];
    } },
    { word: "page_why", style: "why", key: null, cell: (row) => {
      const reason = page.text("reason_not_scored", row), changed = page.text("change_reason", row), ties = page.text("driver_ties", row);
      if (reason) return make("p", { class: "quiet" }, words.not_scored + page.colon + reason);
      const said = page.reasons(row).map(([size, text]) => make("p", {}, size === null ? null : make("b", {}, points(size)), make("span", {}, text)));
      return [said.length ? said : make("p", { class: "quiet" }, words.no_reasons), ties ? make("p", { class: "note" }, format(words.tied, { ties })) : null,
        changed ? make("p", { class: "note" }, make("em", {}, words.changed + page.colon), changed) : null,
        page.signals(row).map((one) => make("p", { class: "note signal" }, make("em", {}, words.signal + page.colon), one))];
    } },
    { word: "page_next", style: "next", key: (row) => page.value("due_on", row), start: 1, cell: (row) => {
      const todo = play(row);
      return todo ? [make("span", { class: "todo" }, todo), page.value("due_on", row) ? small(format(words.by_day, { day: page.value("due_on", row) })) : null] : make("span", { class: "quiet" }, "–");
    } },
  ];

  const body = find("#live tbody"), search = find("#search"), status = find("#status"), further = find("#further"), more = find("#more");
  const selects = [...document.querySelectorAll("select[data-column]")];
  const collator = new Intl.Collator(root.lang, { numeric: true });
  const every = Array.from({ length: count }, (_, row) => row);
  let order = every, limit = STEP, sorted = 0, direction = 1, shown = [], texts = null;

  const searchable = () => {
    if (texts === null) {
      texts = every.map((row) => ["account_id", "account_name", "owner", "segment", "tier", "lifecycle_stage", "driver_1", "driver_2", "driver_3", "change_reason", "signals", "goal", "reason_not_scored"]
        .map((name) => page.text(name, row)).concat(play(row)).filter(Boolean).join("\n").toLowerCase());
    }
    return texts;
  };

  const matching = () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean), held = wanted.length ? searchable() : null;
    const chosen = selects.filter((one) => one.value).map((one) => [one.dataset.column, one.value === "none" ? null : Number(one.value)]);
    const state = { "": () => true, to_do: (row) => page.value("owner_place", row) !== null, scored: (row) => page.code("status", row) === "scored", not_scored: (row) => page.code("status", row) !== "scored" }[status.value];
    return order.filter((row) => state(row) && chosen.every(([name, place]) => page.value(name, row) === place) && (held === null || wanted.every((word) => held[row].includes(word))));
  };

  const rowElement = (row) => make("tr", { role: "row", "data-account-id": columns.account_id[row], class: page.code("status", row) === "scored" ? null : "unscored" },
    COLUMNS.map((one) => make(one.style === "account" ? "th" : "td", { class: one.style, role: one.style === "account" ? "rowheader" : "cell", scope: one.style === "account" ? "row" : null, "data-label": words[one.word] }, one.cell(row))));

  const show = () => {
    shown = matching();
    const part = shown.slice(0, limit);
    body.replaceChildren(...part.map(rowElement));
    find("#nothing").hidden = shown.length > 0;
    find("#count").textContent = format(words.shown, { n: whole(shown.length), m: whole(count) }) + (part.length < shown.length ? format(words.first_rows, { k: whole(part.length) }) : "");
    further.hidden = part.length === shown.length;
    more.textContent = format(words.more, { n: whole(Math.min(STEP, shown.length - part.length)) });
  };

  const headings = COLUMNS.map((one, place) => {
    const heading = make("th", { scope: "col", role: "columnheader", class: one.style });
    if (one.key) {
      const button = make("button", { type: "button" }, words[one.word]);
      button.addEventListener("click", () => sort(place, sorted === place ? -direction : one.start));
      heading.append(button);
    } else heading.append(words[one.word]);
    return heading;
  });

  // A row without a value stays last in both directions; ties keep the order of the list.
  const sort = (place, way) => {
    const { key } = COLUMNS[place];
    sorted = place;
    direction = way;
    order = every.map((row) => [key(row), row]).sort(([a, i], [b, j]) => {
      if (a === null || b === null) return (a === null) - (b === null) || i - j;
      return way * (typeof a === "number" ? a - b : collator.compare(a, b)) || i - j;
    }).map((pair) => pair[1]);
    headings.forEach((heading, at) => { if (at === place) heading.setAttribute("aria-sort", way > 0 ? "ascending" : "descending"); else heading.removeAttribute("aria-sort"); });
    limit = STEP;
    show();
  };

  selects.forEach((select) => {
    const name = select.dataset.column, named = (choices[name] || []).map((text, place) => [name === "movement" ? words["movement_" + text] || text : text, place]);
    named.sort((a, b) => collator.compare(a[0], b[0]));
    select.append(...named.map(([text, place]) => new Option(text, place)));
    if (!columns[name] || columns[name].includes(null)) select.append(new Option(words.none, "none"));
    select.parentElement.hidden = !columns[name];
  });
  const restart = () => { limit = STEP; show(); };
  [search, status, ...selects].forEach((one) => one.addEventListener("input", restart));
  const controls = find("#controls");
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(() => sort(0, 1)));
  more.addEventListener("click", () => { const next = limit; limit += STEP; show(); const link = body.rows[next] && body.rows[next].querySelector("a"); if (link) link.focus(); });
  find("#all").addEventListener("click", () => { limit = Infinity; show(); });

  // Two views, one address each: the list, and #account=ID.
  const listView = find("#list-view"), accountView = find("#account-view"), title = document.title;
  const places = new Map(columns.account_id.map((id, row) => [id, row]));
  let listed = { top: 0, id: null }, isFromList = false, opened = null;
  history.scrollRestoration = "manual";

  const leave = (event) => {
    if (event) event.preventDefault();
    if (isFromList) history.back(); else location.hash = "#list";
  };
  const bar = (row) => {
    const at = shown.indexOf(row), back = make("a", { href: "#list", class: "button" }, "← " + words.back);
    back.addEventListener("click", leave);
    const step = (to, text, id) => {
      if (at < 0 || to === undefined) return null;
      const link = make("a", { href: address(to), class: "button", id }, text);
      link.addEventListener("click", (event) => { event.preventDefault(); location.replace(address(to)); });
      return link;
    };
    return make("nav", { "aria-label": words.account }, back, make("span", { class: "steps" }, step(shown[at - 1], "‹ " + words.previous, "previous"), step(shown[at + 1], words.next + " ›", "next")));
  };

  const openAccount = async (id) => {
    if (!listView.hidden) listed = { top: scrollY, id };
    listed.id = id;
    opened = id;
    const row = places.get(id);
    listView.hidden = true;
    accountView.hidden = false;
    if (row === undefined) {
      accountView.replaceChildren(bar(-1), make("h1", { tabindex: "-1", id: "account-name" }, format(words.unknown_account, { id })));
    } else {
      accountView.replaceChildren(bar(row), make("p", { role: "status" }, words.loading));
      const view = await page.account(row);
      if (opened !== id) return;
      accountView.replaceChildren(bar(row), ...view);
      page.redraws.forEach((again) => again());
    }
    accountView.dataset.accountId = id;
    document.title = find("#account-name").textContent + " · " + title;
    scrollTo(0, 0);
    find("#account-name").focus({ preventScroll: true });
  };
  const openList = () => {
    const came = !accountView.hidden;
    opened = null;
    accountView.hidden = true;
    accountView.replaceChildren();
    listView.hidden = false;
    document.title = title;
    if (!came) return;
    const link = [...body.rows].find((row) => row.dataset.accountId === listed.id);
    scrollTo(0, listed.top);
    if (link) link.querySelector("a").focus({ preventScroll: Boolean(listed.top) });
  };
  const route = () => {
    const found = /^#account=(.+)$/.exec(location.hash);
    if (!found) return openList();
    let id = found[1];
    try { id = decodeURIComponent(id); } catch (why) { /* it stands as it is */ }
    return openAccount(id);
  };
  addEventListener("hashchange", (event) => {
    isFromList = new URL(event.newURL).hash.startsWith("#account=") ? isFromList || !new URL(event.oldURL).hash.startsWith("#account=") : false;
    route();
  });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    const stop = (done) => { event.preventDefault(); done(); };
    if (!accountView.hidden) {
      if (event.key === "Escape") stop(leave);
      const step = { ArrowLeft: "#previous", ArrowRight: "#next" }[event.key], link = step && find(step);
      if (link && !typing && !event.target.closest(".scroll")) stop(() => link.click());
    } else if (event.key === "/" && !typing) stop(() => { search.focus(); search.select(); });
    else if (event.key === "Escape" && event.target === search) stop(() => { search.value = ""; restart(); });
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const row = event.target.closest && event.target.closest("#live tbody tr");
      const next = row ? (event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling) : event.target === search && event.key === "ArrowDown" ? body.rows[0] : null;
      if (next) stop(() => next.querySelector("a").focus()); else if (row && event.key === "ArrowUp") stop(() => search.focus());
    }
  });

  // Paper has no button for more: print everything that the filters let through.
  let before = STEP;
  addEventListener("beforeprint", () => { before = limit; limit = Infinity; if (!listView.hidden) show(); });
  addEventListener("afterprint", () => { limit = before; if (!listView.hidden) show(); });
  let waiting = 0;
  addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(() => page.redraws.forEach((again) => again())); });

  // Light, dark or as the system; a browser that keeps nothing for files forgets it, and that is all.
  const theme = find("#theme"), THEMES = ["auto", "light", "dark"];
  const dress = (name) => {
    if (name === "auto") root.removeAttribute("data-theme"); else root.dataset.theme = name;
    find("#theme-now").textContent = words["theme_" + name];
    theme.value = name;
  };
  let kept = "auto";
  try { kept = localStorage.getItem("renewcast-theme") || "auto"; } catch (why) { /* not allowed here */ }
  dress(THEMES.includes(kept) ? kept : "auto");
  theme.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(theme.value) + 1) % 3];
    dress(next);
    try { localStorage.setItem("renewcast-theme", next); } catch (why) { /* not allowed here */ }
  });

  document.querySelectorAll("table[data-fold]").forEach((table) => {
    const button = page.fold(table, Number(table.dataset.fold), words.all_rows);
    if (button) table.after(button);
  });
  const table = find("#live table");
  table.setAttribute("role", "table");
  table.tHead.setAttribute("role", "rowgroup");
  body.setAttribute("role", "rowgroup");
  table.tHead.rows[0].setAttribute("role", "row");
  table.tHead.rows[0].append(...headings);
  find("#plain").remove();
  for (const id of ["#live", "#controls", "#theme", "#keys"]) find(id).hidden = false;
  root.classList.add("live");
  sort(0, 1);
  await route();
  root.classList.add("ready");
})();
