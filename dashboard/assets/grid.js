// How cells of the grids are drawn; words come from the server in the reader's language.
(function () {
  "use strict";

  const grid = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const h = (...parts) => window.React.createElement(...parts);

  grid.Light = function (props) {
    const row = props.data;
    if (!row || !row.light) return h("span", { className: "waiting" });
    const light = h("span", { className: "light light-" + row.light },
      h("span", { className: "shape shape-" + row.light }, row.light_shape), " ", row.light_word);
    return row.mark ? h("span", { className: "two-lines" }, light, h("small", null, row.mark)) : light;
  };

  grid.ProjectLink = function (props) {
    const row = props.data;
    if (!row) return h("span", { className: "waiting" });
    const name = h(window.dash_core_components.Link, { href: row.href, className: "plain" }, row.name || row.project_code);
    return h("span", { className: "two-lines" }, name, h("small", null, row.project_code));
  };

  grid.Linked = function (props) {
    const row = props.data, to = row && row[props.colDef.field + "_href"];
    if (!to) return h("span", null, props.value);
    return h(window.dash_core_components.Link, { href: to, className: "plain" }, props.value);
  };

  // A figure with a bar as long as its part of the longest, so that a column can be read like a chart.
  grid.Bar = function (props) {
    if (props.value === null || props.value === undefined) return h("span", null, "—");
    const most = props.most || 1, part = Math.max(0, Math.min(1, props.value / most));
    return h("span", { className: "in-bar" },
      h("i", { style: { width: (part * 100).toFixed(1) + "%" } }),
      h("b", null, props.valueFormatted || props.value));
  };

  const shape = (row, side) => h("span", { className: "shape shape-" + row[side] }, row[side + "_shape"]);

  grid.Turn = function (props) {
    const row = props.data;
    if (!row) return h("span", { className: "waiting" });
    return h("span", { className: "turn" },
      h("span", { title: row.before_word }, shape(row, "before")), h("span", { className: "muted arrow" }, "→"),
      h("span", { className: "light light-" + row.after }, shape(row, "after"), " ", row.after_word));
  };

  grid.Days = function (props) {
    const row = props.data;
    if (!row) return h("span", { className: "waiting" });
    if (row.used_before === row.used_after) return h("span", null, row.used_after);
    return h("span", null, h("span", { className: "muted" }, row.used_before, h("span", { className: "arrow" }, "→")), row.used_after);
  };

  // A spreadsheet takes a text that begins with one of these for a formula.
  function cell(value) {
    const text = value === null || value === undefined ? "" : String(value);
    const plain = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(plain) ? '"' + plain.replaceAll('"', '""') + '"' : plain;
  }

  function save(clicks, rows, file) {
    if (!clicks) return window.dash_clientside.no_update;
    const lines = [file.columns.map(([, word]) => word), ...rows.map((row) => file.columns.map(([key]) => row[key]))];
    const text = "\ufeff" + lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = file.name;
    link.click();
    URL.revokeObjectURL(link.href);
    return window.dash_clientside.no_update;
  }

  // Narrow screens keep the columns that answer "which, and how long".
  function fit(id) {
    window.dash_ag_grid.getApiAsync(id).then((api) => {
      const few = window.innerWidth < 720;
      const spare = api.getColumns().filter((c) => c.getColDef().context && c.getColDef().context.spare);
      api.setColumnsVisible(spare, !few);
    });
  }

  const shown = new WeakMap();

  function renew(view, id) {
    const asked = JSON.stringify(view);
    window.dash_ag_grid.getApiAsync(id).then((api) => {
      fit(id);
      // The rows of its first view a grid asks for by itself.
      if (shown.has(api) && shown.get(api) !== asked) api.purgeInfiniteCache();
      shown.set(api, asked);
    });
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    grid: { renew, save, fit: (rows, id) => (fit(id), window.dash_clientside.no_update) },
  });
})();
