(() => {
  "use strict";
  // Rows leave the document at once and come back a page at a time: 12,000 rows then sort and filter without a wait.
  const find = (selector) => document.querySelector(selector);
  const controls = find("#controls"), body = find("tbody"), search = find("#search"), status = find("#status");
  const further = find("#further"), more = find("#more"), words = controls.dataset, step = Number(words.step);
  const selects = [...controls.querySelectorAll("select[data-cell]")];
  const headings = [...document.querySelectorAll("thead th")];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const format = (text, values) => text.replace(/\{(\w)\}/g, (_, name) => values[name].toLocaleString("en"));
  const first = (cell) => (cell.firstChild ? cell.firstChild.nodeValue || "" : "").trim();
  const number = (text) => parseFloat(text.replace("▼ ", "-").replace("▲ ", "").replace(/[,%]/g, ""));

  const rows = [...body.rows].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
    cells: [...element.cells].map(first),
    status: element.classList.contains("n") ? "not_scored" : "scored",
  }));
  let order = rows, limit = step;

  const matching = () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = selects.filter((one) => one.value).map((one) => [Number(one.dataset.cell), one.value.slice(1)]);
    return order.filter((row) => (!status.value || row.status === status.value)
      && chosen.every(([cell, value]) => row.cells[cell] === value)
      && wanted.every((word) => row.text.includes(word)));
  };

  const show = () => {
    const found = matching(), shown = found.slice(0, limit);
    body.replaceChildren(...shown.map((row) => row.element));
    find("#count").textContent = format(words.shown, { n: found.length, m: rows.length })
      + (shown.length < found.length ? format(words.first, { k: shown.length }) : "");
    further.hidden = shown.length === found.length;
    more.textContent = format(words.more, { n: Math.min(step, found.length - shown.length) });
  };

  const sort = (place, direction) => {
    const isNumber = headings[place].dataset.sort === "n";
    const key = (row) => (isNumber ? number(row.cells[place]) : row.cells[place]);
    const missing = (value) => (isNumber ? Number.isNaN(value) : value === "" || value === "–");
    // A row without a value stays last in both directions; ties keep the order of the list.
    order = rows.map((row) => [key(row), row]).sort(([a], [b]) => {
      if (missing(a) || missing(b)) return missing(a) - missing(b);
      return direction * (isNumber ? a - b : collator.compare(a, b));
    }).map((pair) => pair[1]);
    headings.forEach((heading, i) => {
      if (i === place) heading.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else heading.removeAttribute("aria-sort");
    });
    limit = step;
    show();
  };

  headings.forEach((heading, place) => {
    if (heading.dataset.sort === "-") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const now = heading.getAttribute("aria-sort");
      sort(place, now === "ascending" ? -1 : now === "descending" ? 1 : Number(heading.dataset.first));
    });
  });

  selects.forEach((select) => {
    const values = [...new Set(rows.map((row) => row.cells[Number(select.dataset.cell)]))];
    values.sort((a, b) => (a === "–") - (b === "–") || collator.compare(a, b));
    // The mark in front tells an empty value from "all".
    select.append(...values.map((value) => new Option(value === "–" ? words.none : value, "=" + value)));
  });

  const restart = () => { limit = step; show(); };
  [search, status, ...selects].forEach((one) => one.addEventListener("input", restart));
  find("#reset").addEventListener("click", () => {
    search.value = status.value = "";
    selects.forEach((select) => { select.value = ""; });
    sort(0, 1);
  });
  more.addEventListener("click", () => { limit += step; show(); });
  find("#all").addEventListener("click", () => { limit = Infinity; show(); });
  // Paper has no button for more: print everything that the filters let through.
  let before = step;
  addEventListener("beforeprint", () => { before = limit; limit = Infinity; show(); });
  addEventListener("afterprint", () => { limit = before; show(); });
  document.documentElement.classList.add("live");
  controls.hidden = false;
  restart();
})();
