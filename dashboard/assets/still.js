// Plain HTML in one piece, from the tree that dashboard/components/still.py packs.
(function () {
  "use strict";

  // As Dash's own links do it: the address changes, the page is not loaded again.
  function follow(event) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.history.pushState({}, "", event.currentTarget.getAttribute("href"));
    window.dispatchEvent(new window.CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  function draw(part, key) {
    if (Array.isArray(part)) return part.map(draw);
    if (part === null || typeof part !== "object") return part;
    const { children, ...props } = part.props;
    const link = part.type === "Link";
    const own = link ? { key, onClick: follow, ...props } : { key, ...props };
    const inside = children === undefined ? [] : [].concat(draw(children));
    return window.React.createElement(link ? "a" : part.type.toLowerCase(), own, ...inside);
  }

  window.still_pieces = { Still: (props) => draw(props.tree) };
})();
