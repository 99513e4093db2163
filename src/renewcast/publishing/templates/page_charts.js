"use strict";
// What the parts of the script share. Texts become text nodes only; nothing here ever makes markup from a text.
const page = {};
(() => {
  const set = (made, attributes) => {
    for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(name, value);
    return made;
  };
  const told = (children) => children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== "");
  const make = (tag, attributes = {}, ...children) => {
    const made = set(document.createElement(tag), attributes);
    made.append(...told(children));
    return made;
  };
  const draw = (tag, attributes = {}, ...children) => {
    const made = set(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
    made.append(...told(children));
    return made;
  };

  // Numbers. Shares come as hundredths of a percentage point.
  const lang = document.documentElement.lang.slice(0, 2);
  const colon = lang === "zh" ? "：" : ": ";
  const whole = (value) => (value === null ? "–" : value.toLocaleString("en"));
  const percent = (share) => (share === null ? "–" : (share / 100).toFixed(1) + "%");
  const points = (share) => {
    if (share === null) return "–";
    const text = (Math.abs(share) / 100).toFixed(1);
    return text === "0.0" ? text : (share > 0 ? "+" : "−") + text;
  };
  const format = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  const day = (distance) => {
    const instant = new Date(page.data.as_of + "T00:00:00Z");
    instant.setUTCDate(instant.getUTCDate() + distance);
    return instant.toISOString().slice(0, 10);
  };
  const distance = (date) => Math.round((Date.parse(date + "T00:00:00Z") - Date.parse(page.data.as_of + "T00:00:00Z")) / 864e5);

  const redraws = [];
  const drawn = (holder, drawing) => {
    const again = () => { if (holder.clientWidth) holder.replaceChildren(drawing(holder.clientWidth)); };
    redraws.push(again);
    return again;
  };

  // A waterfall is a table: its bars are for the eye, its numbers for everybody.
  const waterfall = (caption, head, steps) => {
    const edges = steps.flatMap((one) => [one.from, one.to]).concat(0);
    const low = Math.min(...edges), span = Math.max(...edges) - low || 1;
    const rows = steps.map((one) => {
      const fill = make("span", { class: one.total ? "fill total" : one.to >= one.from ? "fill up" : "fill down" });
      fill.style.left = ((Math.min(one.from, one.to) - low) / span) * 100 + "%";
      fill.style.width = Math.max((Math.abs(one.to - one.from) / span) * 100, 0.6) + "%";
      const size = one.total ? percent(one.to) : points(one.to - one.from);
      return make("tr", { class: one.total ? "total" : null }, make("th", { scope: "row" }, one.label), make("td", { class: "n" }, size),
        make("td", { class: "track-cell", "aria-hidden": "true" }, make("span", { class: "track" }, fill)));
    });
    return make("table", { class: "waterfall" }, make("caption", { class: "unseen" }, caption),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, head[0]), make("th", { scope: "col", class: "n" }, head[1]), make("td", { "aria-hidden": "true" }))),
      make("tbody", {}, rows));
  };

  // A round number above a value, whose half is whole too.
  const ceiling = (value) => {
    if (value <= 4) return 4;
    const size = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 4, 6, 8, 10].map((one) => one * size).find((one) => one >= value);
  };

  // One measure over the weeks: a line with its interval, or bars.
  const chart = (title, weeks, measure, { isShare = false, bars = false, low = null, high = null } = {}) => (width) => {
    const height = 168, left = 44, right = 12, top = 10, bottom = 24, days = weeks.days, values = weeks[measure];
    const bounds = [...values, ...(high ? weeks[high] : [])].filter((one) => one !== null);
    const most = isShare ? Math.min(10000, ceiling(Math.max(...bounds))) : ceiling(Math.max(...bounds));
    const shown = isShare ? (one) => (one / 100).toFixed(most < 400 ? 1 : 0) + "%" : whole;
    const first = days[0], span = days[days.length - 1] - first || 1;
    const inner = width - left - right, step = inner / Math.max(days.length, 1);
    const x = (at) => (bars ? left + (at + 0.5) * step : left + ((days[at] - first) / span) * inner);
    const y = (value) => top + (1 - value / most) * (height - top - bottom);
    const parts = [];
    for (const share of [0, 0.5, 1]) {
      parts.push(draw("line", { class: "grid", x1: left, x2: width - right, y1: y(share * most), y2: y(share * most) }),
        draw("text", { class: "axis", x: left - 6, y: y(share * most) + 4, "text-anchor": "end" }, shown(share * most)));
    }
    const labels = width > 420 ? [0, Math.floor((days.length - 1) / 2), days.length - 1] : [0, days.length - 1];
    [...new Set(labels)].forEach((at, place, all) => parts.push(draw("text", { class: "axis", x: place === 0 ? left : place === all.length - 1 ? width - right : x(at), y: height - 6, "text-anchor": place === 0 ? "start" : place === all.length - 1 ? "end" : "middle" }, day(days[at]))));
    const runs = [];
    values.forEach((value, at) => {
      if (value === null) return;
      const run = runs[runs.length - 1];
      if (run && run[run.length - 1] === at - 1) run.push(at); else runs.push([at]);
    });
    if (bars) {
      values.forEach((value, at) => { if (value) parts.push(draw("rect", { class: "bar-mark", x: left + at * step + step * 0.14, width: step * 0.72, y: y(value), height: Math.max(y(0) - y(value), 1) })); });
    } else {
      for (const run of runs) {
        if (low) {
          const inside = run.filter((at) => weeks[low][at] !== null && weeks[high][at] !== null);
          const edge = [...inside.map((at) => x(at) + "," + y(weeks[high][at])), ...inside.reverse().map((at) => x(at) + "," + y(weeks[low][at]))];
          if (inside.length > 1) parts.push(draw("polygon", { class: "interval", points: edge.join(" ") }));
          else if (inside.length) parts.push(draw("line", { class: "whisker", x1: x(inside[0]), x2: x(inside[0]), y1: y(weeks[low][inside[0]]), y2: y(weeks[high][inside[0]]) }));
        }
        parts.push(draw("polyline", { class: "line", points: run.map((at) => x(at) + "," + y(values[at])).join(" ") }));
      }
      const end = runs[runs.length - 1].slice(-1)[0];
      parts.push(draw("circle", { class: "dot", cx: x(end), cy: y(values[end]), r: 3.5 }));
    }
    const known = values.filter((one) => one !== null), at = runs[0][0], last = runs[runs.length - 1].slice(-1)[0];
    const exact = isShare ? percent : whole;
    const says = format(page.data.words.chart_says, { title, first: exact(values[at]), from: day(days[at]), last: exact(values[last]), to: day(days[last]), low: exact(Math.min(...known)), high: exact(Math.max(...known)) });
    return draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": says }, parts);
  };

  // Everything that happened, a lane a kind; what lies ahead of the list's day is hollow.
  const timeline = (events, kinds, renewal) => (width) => {
    const words = page.data.words, lane = 30, left = width > 520 ? 104 : 76, right = 16, top = 22;
    const present = kinds.filter((kind) => events.some((one) => one.kind === kind));
    const days = events.map((one) => one.day).concat(0, renewal !== null && renewal > -400 && renewal < 400 ? renewal : 0);
    const first = Math.min(...days), span = Math.max(...days) - first || 1, height = top + present.length * lane + 24;
    const x = (one) => left + ((one - first) / span) * (width - left - right);
    const parts = [];
    present.forEach((kind, place) => {
      const y = top + (place + 0.5) * lane;
      parts.push(draw("text", { class: "lane", x: 0, y: y + 4 }, words["kind_" + kind] || kind), draw("line", { class: "grid", x1: left, x2: width - right, y1: y, y2: y }));
      for (const one of events) if (one.kind === kind) parts.push(draw("circle", { class: "event k" + (kinds.indexOf(kind) % 6) + (one.day >= 0 ? " ahead" : ""), cx: x(one.day), cy: y, r: 5 }, draw("title", {}, day(one.day) + " " + one.text)));
    });
    // The two words give way to each other where their lines are close.
    const isShown = renewal !== null && days.includes(renewal) && renewal !== 0;
    const isClose = isShown && Math.abs(x(renewal) - x(0)) < 130;
    const upright = (at, word, style, side) => {
      const anchor = side || (x(at) > width - 70 ? "end" : x(at) < left + 30 ? "start" : "middle");
      const away = { start: 3, end: -3, middle: 0 }[side] || 0;
      parts.push(draw("line", { class: style, x1: x(at), x2: x(at), y1: top - 6, y2: height - 22 }), draw("text", { class: "axis " + style + "-word", x: x(at) + away, y: 12, "text-anchor": anchor }, word));
    };
    const isLater = renewal > 0, roomAfter = width - x(isShown ? renewal : 0) > 60;
    upright(0, words.timeline_day, "today", isClose && (isLater || !roomAfter) ? "end" : isClose ? "start" : null);
    if (isShown) upright(renewal, words.timeline_renewal, "renewal", isClose && isLater ? (roomAfter ? "start" : null) : isClose ? "end" : null);
    parts.push(draw("text", { class: "axis", x: left, y: height - 6 }, day(first)), draw("text", { class: "axis", x: width - right, y: height - 6, "text-anchor": "end" }, day(first + span)));
    const says = format(words.timeline_says, { n: events.length, from: day(Math.min(...events.map((one) => one.day))), to: day(Math.max(...events.map((one) => one.day))) });
    return draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": says }, parts);
  };

  // Long tables show their first rows, and a button for the rest.
  const fold = (table, most, word) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length <= most) return null;
    rows.slice(most).forEach((row) => row.classList.add("folded"));
    const button = make("button", { type: "button", class: "unfold" }, word);
    button.addEventListener("click", () => {
      rows.forEach((row) => row.classList.remove("folded"));
      button.remove();
      rows[most].tabIndex = -1;
      rows[most].focus();
    });
    return button;
  };

  Object.assign(page, { make, draw, colon, whole, percent, points, format, day, distance, redraws, drawn, waterfall, chart, timeline, fold });
})();
