// The address of the page is the only state: fields write it, and follow it on the way back.
(function () {
  "use strict";

  const quiet = () => window.dash_clientside.no_update;
  const query = () => new URLSearchParams(window.location.search);
  const FOLLOWING = ["as_of", "region", "known_at"];

  function following() {
    const all = query(), kept = new URLSearchParams();
    FOLLOWING.forEach((key) => all.get(key) && kept.set(key, all.get(key)));
    return kept;
  }

  function link(path, params) {
    const text = params.toString();
    return ROOT + (text ? path + "?" + text : path);
  }

  // Behind a proxy all addresses may begin with a path of its own.
  const ROOT = JSON.parse(document.getElementById("_dash-config").textContent).requests_pathname_prefix.replace(/\/$/, "");
  const own = (path) => (path.startsWith(ROOT) ? path.slice(ROOT.length) : path) || "/";

  function entryOf(path) {
    if (path === "/") return "/";
    return path.startsWith("/project/") ? "/project/" : path;
  }

  function follow(at, search, entries, choices) {
    const pathname = own(at), set = window.dash_clientside.set_props, params = new URLSearchParams(search || ""), kept = following();
    if (pathname.startsWith("/project/") && pathname.length > "/project/".length) {
      window.sessionStorage.setItem("project", pathname);
    }
    entries.forEach((id) => {
      const here = entryOf(pathname) === id.path;
      const path = id.path === "/project/" ? window.sessionStorage.getItem("project") || id.path : id.path;
      set(id, { href: link(path, kept), className: here ? "entry here" : "entry" });
    });
    set("product", { href: link("/", kept) });
    choices.forEach((id) => set(id, { value: params.get(id.key) || id.default || null }));
    set("search", { value: params.get("text") || "" });
    document.documentElement.toggleAttribute("data-past", Boolean(params.get("as_of")));
    document.body.classList.remove("nav-open");
    return pathname;
  }

  function choose(values, ids) {
    const params = query();
    ids.forEach((id, i) => {
      const value = values[i];
      if (value && value !== id.default) params.set(id.key, value);
      else params.delete(id.key);
    });
    const before = query().toString(), after = params.toString();
    return before === after ? quiet() : (after ? "?" + after : "");
  }

  function find(times) {
    if (!times) return quiet();
    // The field itself: what Dash knows of it lags behind a quick hand.
    const kept = following(), sought = document.getElementById("search").value.trim();
    if (sought) kept.set("text", sought);
    return link("/projects", kept);
  }

  // A question comes into the address when it is asked, with what belongs to it and differs from what is usual.
  function ask(clicks, submits, values, ids) {
    const from = window.dash_clientside.callback_context, pressed = from.triggered_id;
    if (!pressed || !from.triggered.some((one) => one.value)) return quiet();
    const chosen = values[ids.findIndex((id) => id.key === "ask")], params = following();
    const asked = pressed.kind || pressed.of || chosen, at = own(window.location.pathname);
    const project = at.startsWith("/project/") ? decodeURIComponent(at.slice("/project/".length)) : query().get("project");
    if (project) params.set("project", project);
    params.set("ask", asked);
    ids.forEach((id, i) => {
      const told = values[i] === null || values[i] === undefined ? "" : String(values[i]);
      if (id.key !== "ask" && (id.of === "" || id.of === asked) && told && told !== id.usual) params.set(id.key, told);
    });
    const to = link("/whatif", params);
    if (to !== window.location.pathname + window.location.search) return to;
    // Asked once more: the records may have changed since.
    window.dash_clientside.set_props("whatif-view", { data: { path: at, search: window.location.search, again: Date.now() } });
    return quiet();
  }

  function assumed(view, ids) {
    const params = new URLSearchParams((view && view.search) || "");
    return ids.map((id) => {
      const told = params.get(id.key) || id.usual;
      return id.of === "numbers" && told ? Number(told) : told || (id.of === "days" ? "" : null);
    });
  }

  // Whoever fills in a field of a question asks that one.
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest && event.target.closest(".assume-row");
    const choice = row && row.querySelector("input[type=radio]");
    if (choice && !choice.checked && event.target !== choice) choice.click();
  });

  // A part of a figure whose data name an address leads there.
  function open(click) {
    const to = click && click.points && click.points[0] && click.points[0].customdata;
    return typeof to === "string" && to.startsWith(ROOT + "/") ? to : quiet();
  }

  function prefer(clicks) {
    const chosen = window.dash_clientside.callback_context.triggered_id;
    if (!chosen || !clicks.some(Boolean)) return quiet();
    document.cookie = chosen.cookie + "=" + chosen.value + "; path=" + (ROOT || "/") + "; max-age=31536000; samesite=lax";
    window.location.reload();
    return chosen.value;
  }

  // Figures are as wide as the screen was; paper is narrower, and does not ask them.
  const PAPER = 690;
  const figures = (change) =>
    document.querySelectorAll(".js-plotly-plot").forEach((figure) => window.Plotly.relayout(figure, change));
  window.addEventListener("beforeprint", () => figures({ autosize: false, width: PAPER }));
  window.addEventListener("afterprint", () => figures({ autosize: true, width: null }));

  function fold() {
    const bar = document.querySelector(".bar").offsetHeight;
    document.documentElement.style.setProperty("--bar", bar + "px");
    document.body.classList.toggle("nav-open");
    return quiet();
  }

  function name(title) {
    if (title) document.title = title + " · " + document.getElementById("product").textContent;
    return title;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    shell: { follow, choose, find, ask, assumed, open, prefer, fold, name, print: (n) => (n && window.print(), quiet()) },
  });

  document.addEventListener("keydown", (event) => {
    const field = document.getElementById("search"), at = document.activeElement;
    if (event.key !== "/" || !field || event.ctrlKey || event.metaKey || event.altKey) return;
    if (at && /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  // A server that does not answer must not leave a page waiting without a word.
  const usual = window.fetch;
  window.fetch = function (...args) {
    const told = String(args[0] && args[0].url || args[0]).includes("_dash-");
    return usual.apply(this, args).then(
      (answer) => {
        if (told) document.body.classList.toggle("unanswered", answer.status >= 500);
        // Signed out meanwhile: the server asks to sign in, and leads back here.
        if (told && answer.status === 401) window.location.reload();
        return answer;
      },
      (error) => { if (told) document.body.classList.add("unanswered"); throw error; },
    );
  };
})();
