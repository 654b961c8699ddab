// The table of all items: filtered, sorted and shown page by page from the data in the page.
// Everything in the data is text of people and models, so it only ever becomes text nodes.
"use strict";
(() => {
  const PAGE = 50;
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const metrics = data.metrics.map((metric) => metric.name);
  const state = { sort: null, descending: false, page: 0, open: new Set() };

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const fold = (text) =>
    text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
  const words = (item) =>
    (item.words ??= fold(
      [item.id, item.question, item.answer, item.before?.answer].filter(Boolean).join("\n")
    ));
  const isNumber = (score) => typeof score === "number";
  const written = (score) => {
    if (!isNumber(score)) return score ? score.replace("_", " ") : "–";
    return Math.abs(score) < 1000 ? String(Number(score.toFixed(3))) : score.toFixed(0);
  };
  const change = (item, metric) => {
    const after = item.scores[metric];
    const before = item.before?.scores[metric];
    return isNumber(after) && isNumber(before) ? after - before : null;
  };
  const gain = (item, metric) => {
    const moved = change(item, metric);
    return moved === null || data.metrics[metric].higher_is_better ? moved : -moved;
  };
  const worst = (item, metric) => {
    const score = item.scores[metric];
    return isNumber(score) && (data.metrics[metric].higher_is_better ? score === 0 : score === 1);
  };
  const any = (metric, test) =>
    metric < 0 ? metrics.some((_, index) => test(index)) : test(metric);

  const SHOWN = {
    all: () => true,
    wrong: (item, metric) => any(metric, (index) => worst(item, index)),
    unscored: (item, metric) => any(metric, (index) => typeof item.scores[index] === "string"),
    lost: (item, metric) => any(metric, (index) => (gain(item, index) ?? 0) < 0),
    gained: (item, metric) => any(metric, (index) => (gain(item, index) ?? 0) > 0),
    flipped: (item) => Boolean(item.flips),
    critical: (item) => Boolean(item.critical),
  };

  const fill = (select, values) => {
    for (const [value, label] of values) select.append(make("option", { value }, label));
  };
  const distinct = (of) => [...new Set(data.items.flatMap(of))].sort();

  const chosenMetric = () => Number(at("metric").value);
  const matching = () => {
    const search = fold(at("search").value).split(/\s+/).filter(Boolean);
    const outcome = at("outcome").value;
    const tag = at("tag").value;
    const shown = SHOWN[at("show").value];
    const metric = chosenMetric();
    return data.items.filter(
      (item) =>
        (!outcome || item.outcome === outcome) &&
        (!tag || (item.tags ?? []).includes(tag)) &&
        shown(item, metric) &&
        search.every((word) => words(item).includes(word))
    );
  };

  const KEYS = {
    id: (item) => item.id,
    question: (item) => item.question ?? "",
    outcome: (item) => item.outcome,
    score: (item, metric) => item.scores[metric],
    before: (item, metric) => item.before?.scores[metric],
    change: (item, metric) => change(item, metric),
  };
  const inOrder = (items) => {
    if (!state.sort) return items;
    const metric = Math.max(0, chosenMetric());
    const key = (item) => KEYS[state.sort](item, metric);
    const sign = state.descending ? -1 : 1;
    const compare = (a, b) => {
      const [x, y] = [key(a), key(b)];
      const numeric = ["score", "before", "change"].includes(state.sort);
      if (numeric && isNumber(x) !== isNumber(y)) return isNumber(x) ? -1 : 1;
      if (numeric && !isNumber(x)) return 0;
      return x < y ? -sign : x > y ? sign : 0;
    };
    return [...items].sort(compare);
  };

  const sources = (side) => {
    if (!side.sources) return make("p", { class: "muted" }, "No sources.");
    const list = make("ul", { class: "sources" });
    for (const source of side.sources) {
      const entry = make("li", {}, (source.number ? `[${source.number}] ` : "") + source.place);
      if (source.excerpt) entry.append(make("span", { class: "excerpt" }, source.excerpt));
      list.append(entry);
    }
    const title = side.cited ? "Sources" : "Retrieved, not cited";
    return make("div", {}, make("h3", {}, title), list);
  };
  const side = (title, part, item, kind) => {
    const answer = part.answer || part.instead;
    const lang = item.lang ? { lang: item.lang } : {};
    return make(
      "div",
      { class: `side ${kind}` },
      make("h3", {}, `${title}: ${part.outcome}`),
      make("div", { class: "answer", dir: "auto", ...lang }, answer),
      sources(part)
    );
  };
  const scoreTable = (item) => {
    const body = make("tbody");
    metrics.forEach((name, index) => {
      const [after, before] = [item.scores[index], item.before?.scores[index]];
      if (after === null && (before ?? null) === null) return;
      const row = make("tr", {}, make("th", { scope: "row" }, name));
      if (data.compared) row.append(make("td", { class: "figure" }, written(before ?? null)));
      row.append(make("td", { class: "figure" }, written(after)));
      row.append(make("td", { class: "muted" }, item.reasons?.[name] ?? ""));
      body.append(row);
    });
    const head = make("tr", {}, make("th", { scope: "col" }, "metric"));
    if (data.compared) head.append(make("th", { scope: "col", class: "figure" }, "baseline"));
    head.append(make("th", { scope: "col", class: "figure" }, "this run"));
    head.append(make("td"));
    return make("table", { class: "scores" }, make("thead", {}, head), body);
  };
  const details = (item, columns) => {
    const sides = make("div", { class: "sides" });
    if (item.before) sides.append(side("Baseline", item.before, item, "before"));
    sides.append(side("This run", item, item, ""));
    const lang = item.lang ? { lang: item.lang } : {};
    const question = make("p", { dir: "auto", ...lang }, item.question ?? "");
    const notes = [...(item.flips ?? []), ...(item.tags ?? [])];
    if (item.critical) notes.unshift("critical");
    const cell = make("td", { colspan: columns }, question);
    if (item.reference) {
      const expected = `Expected: ${item.reference}`;
      cell.append(make("p", { class: "muted", dir: "auto", ...lang }, expected));
    }
    cell.append(sides, scoreTable(item));
    if (notes.length) cell.prepend(make("p", { class: "muted" }, notes.join(", ")));
    return make("tr", {}, cell);
  };

  const row = (item, metric, columns) => {
    const open = state.open.has(item.id);
    const toggle = make("button", { type: "button", "aria-expanded": String(open) }, item.id);
    const line = make(
      "tr",
      {},
      make("td", {}, toggle),
      make("td", { dir: "auto" }, (item.question ?? "").slice(0, 160)),
      make("td", {}, item.outcome)
    );
    const figure = (text) => line.append(make("td", { class: "figure" }, text));
    if (data.compared) figure(written(item.before?.scores[metric] ?? null));
    figure(written(item.scores[metric] ?? null));
    if (data.compared) {
      const moved = change(item, metric);
      figure(moved === null ? "–" : (moved > 0 ? "+" : "") + written(moved));
    }
    toggle.addEventListener("click", () => {
      const now = !state.open.has(item.id);
      toggle.setAttribute("aria-expanded", String(now));
      if (now) {
        state.open.add(item.id);
        line.after(details(item, columns));
      } else {
        state.open.delete(item.id);
        line.nextSibling.remove();
      }
    });
    return open ? [line, details(item, columns)] : [line];
  };

  const headers = () => {
    const named = metrics[Math.max(0, chosenMetric())] ?? "score";
    const columns = [["id", "item"], ["question", "question"], ["outcome", "outcome"]];
    if (data.compared) columns.push(["before", "baseline"]);
    columns.push(["score", named]);
    if (data.compared) columns.push(["change", "change"]);
    const line = make("tr");
    for (const [key, label] of columns) {
      const button = make("button", { type: "button" }, label);
      button.addEventListener("click", () => {
        state.descending = state.sort === key && !state.descending;
        state.sort = key;
        show();
      });
      const numeric = ["before", "score", "change"].includes(key);
      const header = make("th", { scope: "col", ...(numeric ? { class: "figure" } : {}) }, button);
      if (state.sort === key) {
        header.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
      }
      line.append(header);
    }
    at("items-head").replaceChildren(line);
    return columns.length;
  };

  const show = () => {
    const found = inOrder(matching());
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const columns = headers();
    const metric = Math.max(0, chosenMetric());
    const first = state.page * PAGE;
    const rows = found.slice(first, first + PAGE).flatMap((item) => row(item, metric, columns));
    at("items-body").replaceChildren(...rows);
    at("count").textContent = `${found.length} of ${data.items.length} items`;
    at("place").textContent = `page ${state.page + 1} of ${pages}`;
    at("previous").disabled = state.page === 0;
    at("next").disabled = state.page >= pages - 1;
  };

  const restart = () => {
    state.page = 0;
    show();
  };
  let waiting = 0;
  at("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(restart, 120);
  });
  for (const id of ["outcome", "metric", "show", "tag"]) at(id).addEventListener("change", restart);
  for (const [id, step] of [["previous", -1], ["next", 1]]) {
    at(id).addEventListener("click", () => {
      state.page += step;
      show();
    });
  }
  fill(at("metric"), [["-1", "any"], ...metrics.map((name, index) => [String(index), name])]);
  fill(at("outcome"), [["", "all"], ...distinct((item) => item.outcome).map((o) => [o, o])]);
  fill(at("tag"), [["", "all"], ...distinct((item) => item.tags ?? []).map((t) => [t, t])]);
  at("browser").hidden = false;
  show();
})();
