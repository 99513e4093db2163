(() => {
  const { make, whole, percent, points, format, day, distance, drawn, waterfall, chart, timeline, fold } = page;
  const KINDS = ["term", "milestone", "ticket", "touchpoint", "play", "person"];
  const MOST_DRIVERS = 8;

  const inflate = async (letters) => {
    const text = atob(letters), bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };

  const bundles = new Map();
  const details = async (row) => {
    const place = page.data.bundle[row];
    if (place === null) return null;
    if (!bundles.has(place)) bundles.set(place, inflate(document.querySelectorAll("script.pack")[place].textContent));
    const bundle = await bundles.get(place), id = page.text("account_id", row);
    return Object.hasOwn(bundle.accounts, id) ? { ...bundle.accounts[id], bundle } : null;
  };

  const card = (title, style, ...children) => {
    const id = "card-" + card.number++;
    return make("section", { class: "card " + style, "aria-labelledby": id }, make("h2", { id }, title), children);
  };
  card.number = 0;
  const quiet = (text) => make("p", { class: "quiet" }, text);
  const figure = (label, number, ...remarks) => make("li", {}, make("span", { class: "label" }, label), " ", make("span", { class: "number" }, number), remarks.filter(Boolean).map((one) => [" ", make("span", { class: "remark" }, one)]));

  const figures = (row) => {
    const words = page.data.words, value = (name) => page.value(name, row);
    const now = value("churn_probability"), last = value("churn_probability_last_list"), left = value("days_to_renewal");
    const bounds = value("churn_low") === null ? null : format(words.interval, { low: percent(value("churn_low")), high: percent(value("churn_high")) });
    const moved = now === null || last === null ? null : now - last, movement = page.code("movement", row);
    const arrow = moved === null ? "–" : moved > 4 ? "▲ " + (moved / 100).toFixed(1) : moved < -4 ? "▼ " + (-moved / 100).toFixed(1) : "0.0";
    return make("ul", { class: "figures" },
      figure(words.page_probability, percent(now), bounds,
        value("churn_probability_180d") === null ? null : format(words.within_180, { share: percent(value("churn_probability_180d")) })),
      figure(words.page_change, arrow, movement && words["movement_" + movement], last === null ? null : format(words.from_to, { a: percent(last), b: percent(now) })),
      figure(words.arr, whole(value("arr")), page.data.currency),
      figure(words.arr_at_risk, whole(value("arr_at_risk")), page.data.currency),
      figure(words.page_renewal, value("renewal_date") || "–", left === null ? null : format(left < 0 ? words.overdue : words.days, { n: whole(Math.abs(left)) })),
      figure(words.renewal_probability, percent(value("renewal_probability")), value("lifetime_value") === null ? null : words.lifetime_value + " " + whole(value("lifetime_value"))));
  };

  const toDo = (row) => {
    const words = page.data.words, play = page.text("play", row);
    if (!play) return card(words.page_next, "do", quiet(words.no_play));
    const known = page.data.plays.find((one) => one.play === play || one.title === play);
    const facts = [
      [words.goal, page.text("goal", row)],
      [words.due, page.value("due_on", row)],
      [words.owner, page.text("owner", row) && [page.text("owner", row), page.value("owner_place", row) && format(words.place, { n: page.value("owner_place", row) })].filter(Boolean).join(", ")],
      [words.check, page.text("check", row) || (known && known.check)],
      [words.saved, page.value("expected_arr_saved", row) === null ? null : whole(page.value("expected_arr_saved", row)) + " " + page.data.currency],
    ].filter((pair) => pair[1]);
    return card(words.page_next, "do",
      make("p", { class: "play" }, known ? known.title : play, known && known.days ? make("small", {}, " " + format(words.play_days, { n: known.days })) : null),
      known && known.steps.length ? make("ol", {}, known.steps.map((step) => make("li", {}, step))) : null,
      make("dl", {}, facts.map(([name, fact]) => [make("dt", {}, name), make("dd", {}, fact)])));
  };

  const drivers = (row, told) => {
    const words = page.data.words, now = page.value("churn_probability", row);
    const reasons = make("ul", { class: "reasons" }, page.reasons(row).map(([size, text]) => make("li", {}, size === null ? null : make("b", {}, points(size)), make("span", {}, text))));
    const ties = page.text("driver_ties", row);
    const said = [reasons.children.length ? reasons : quiet(words.no_reasons), ties ? quiet(format(words.tied, { ties })) : null];
    if (!told || !told.points || now === null) return card(words.drivers, "drivers", said, quiet(page.data.bundle[row] === null ? words.not_told : words.no_drivers));
    const named = told.points.map((size, at) => [told.bundle.drivers[at], size || 0]).map(([name, size]) => [page.data.drivers[name] || name.replaceAll("_", " "), size]);
    named.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
    const shown = named.slice(0, MOST_DRIVERS), rest = named.slice(MOST_DRIVERS).reduce((sum, pair) => sum + pair[1], 0);
    if (named.length > MOST_DRIVERS) shown.push([words.others, rest]);
    let at = told.base;
    const steps = [{ label: words.typical, from: 0, to: at, total: true }];
    for (const [label, size] of shown) { steps.push({ label, from: at, to: at + size }); at += size; }
    steps.push({ label: words.this_account, from: 0, to: now, total: true });
    const lead = format(words.drivers_lead, { base: percent(told.base), now: percent(now) });
    return card(words.drivers, "drivers", quiet(lead), waterfall(words.drivers, [words.driver, words.points], steps), said, quiet(words.tenths));
  };

  const change = (row) => {
    const words = page.data.words, last = page.value("churn_probability_last_list", row), now = page.value("churn_probability", row);
    if (last === null || now === null) return card(words.why_changed, "changed", quiet(words.why_changed_none));
    const parts = ["behaviour", "time", "data", "model", "calibration"].map((part) => [words["part_" + part], page.value("change_" + part, row)]);
    const reason = page.text("change_reason", row);
    const said = reason ? make("p", {}, reason) : null;
    if (parts.every((pair) => pair[1] === null)) return card(words.why_changed, "changed", said, quiet(format(words.from_to, { a: percent(last), b: percent(now) })), quiet(words.why_changed_unknown));
    let at = last;
    const steps = [{ label: words.last_list, from: 0, to: last, total: true }];
    for (const [label, size] of parts) { steps.push({ label, from: at, to: at + (size || 0) }); at += size || 0; }
    steps.push({ label: words.now, from: 0, to: now, total: true });
    return card(words.why_changed, "changed", said, quiet(format(words.why_changed_lead, { a: percent(last), b: percent(now) })), waterfall(words.why_changed, [words.part, words.points], steps));
  };

  const signals = (row) => {
    const words = page.data.words, found = page.signals(row);
    return card(words.signals_title, "signals", found.length ? make("ul", {}, found.map((one) => make("li", {}, one))) : quiet(words.signals_none));
  };

  const overWeeks = (told) => {
    const words = page.data.words, weeks = told && told.weeks;
    if (!weeks) return card(words.weeks, "weeks wide", quiet(words.no_weeks));
    const charts = [
      ["churn_probability", words.page_probability, { isShare: true, low: weeks.churn_low ? "churn_low" : null, high: weeks.churn_low && weeks.churn_high ? "churn_high" : null }],
      ["events", words.chart_events, { bars: true }],
      ["active_users", words.chart_active_users, {}],
      ["open_tickets", words.chart_open_tickets, { bars: true }],
    ].filter(([measure]) => weeks[measure]);
    const holders = charts.map(([measure, title, how]) => {
      const holder = make("div", { class: "holder" });
      drawn(holder, chart(title, weeks, measure, how));
      return make("figure", {}, make("figcaption", {}, title), holder);
    });
    const cell = (measure, value) => (measure === "churn_probability" ? percent(value) : whole(value));
    const table = make("table", { class: "numbers" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, words.week_of), charts.map(([, title]) => make("th", { scope: "col", class: "n" }, title)))),
      make("tbody", {}, weeks.days.map((one, at) => make("tr", {}, make("th", { scope: "row" }, day(one)), charts.map(([measure]) => make("td", { class: "n" }, cell(measure, weeks[measure][at]))))).reverse()));
    return card(words.weeks, "weeks wide", quiet(words.weeks_lead), make("div", { class: "multiples" }, holders), make("details", {}, make("summary", {}, words.as_table), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.weeks }, table)));
  };

  const overTime = (row, told) => {
    const words = page.data.words;
    if (!told || !told.events) return card(words.timeline, "timeline wide", quiet(words.no_events));
    const events = told.events.map(([at, kind, text]) => ({ day: at, kind: told.bundle.kinds[kind], text: told.bundle.texts[text] }));
    const known = [...KINDS, ...new Set(events.map((one) => one.kind).filter((kind) => !KINDS.includes(kind)))];
    const renewal = page.value("renewal_date", row), holder = make("div", { class: "holder" });
    drawn(holder, timeline(events, known, renewal === null ? null : distance(renewal)));
    const table = make("table", { class: "tight events" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, words.date), make("th", { scope: "col" }, words.kind), make("th", { scope: "col" }, words.what))),
      make("tbody", {}, [...events].reverse().map((one) => make("tr", { class: one.day >= 0 ? "ahead" : null }, make("th", { scope: "row" }, day(one.day)), make("td", {}, words["kind_" + one.kind] || one.kind), make("td", {}, one.text)))));
    return card(words.timeline, "timeline wide", holder, table, fold(table, 12, words.all_rows));
  };

  // The whole view of one account; what the bundle holds comes a moment later.
  page.account = async (row) => {
    const words = page.data.words, name = page.text("account_name", row) || page.text("account_id", row);
    page.redraws.length = 0;
    const told = await details(row);
    const about = [page.text("account_id", row), page.text("owner", row) || words.nobody, page.text("tier", row), page.text("lifecycle_stage", row), page.text("segment", row)];
    const reason = page.text("reason_not_scored", row);
    return [
      make("h1", { tabindex: "-1", id: "account-name" }, name),
      make("p", { class: "facts" }, about.filter(Boolean).map((one, at) => (at ? [make("span", { "aria-hidden": "true" }, " · "), make("span", {}, one)] : make("span", {}, one)))),
      reason ? make("p", { class: "notice" }, words.not_scored + page.colon + reason) : null,
      figures(row),
      make("div", { class: "cards" }, make("div", {}, drivers(row, told)), make("div", {}, toDo(row), signals(row), change(row))),
      overWeeks(told),
      overTime(row, told),
    ].filter(Boolean);
  };
  page.inflate = inflate;
})();
