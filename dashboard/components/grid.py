"""What the grids share: AG Grid Community in the tokens of the page and the reader's language."""

from __future__ import annotations

from typing import Any

from monitor.text import _

# Parameters of AG Grid's theme as variables of our own style sheet, so that both schemes follow.
THEME = (
    "themeQuartz.withParams({"
    "backgroundColor: 'var(--surface)', foregroundColor: 'var(--ink)', borderColor: 'var(--line)', "
    "accentColor: 'var(--accent)', headerBackgroundColor: 'var(--ground)', headerTextColor: 'var(--muted)', "
    "rowHoverColor: 'var(--hover)', oddRowBackgroundColor: 'var(--surface)', chromeBackgroundColor: 'var(--ground)', "
    "fontFamily: 'var(--font)', fontSize: 14, headerFontWeight: 500, rowHeight: 52, headerHeight: 40, "
    "wrapperBorderRadius: 6, columnBorder: false, cellHorizontalPadding: 10, "
    "headerColumnResizeHandleColor: 'transparent', browserColorScheme: 'inherit'})"
)
DEFAULTS = {
    "sortable": True,
    "resizable": True,
    "suppressMovable": True,
    "wrapHeaderText": True,
    "autoHeaderHeight": True,
    "sortingOrder": ["desc", "asc"],
}


def _texts() -> dict[str, str]:
    """The grid's own words that can be met on our pages."""
    return {
        "loadingOoo": _("Loading"),
        "loadingError": _("Could not be read"),
        "noRowsToShow": _("Nothing to show"),
        "ariaSortableColumn": _("Press ENTER to sort"),
        "ariaRowSelectionDisabled": "",
        "ariaLabelLoading": _("Loading"),
    }


def grid_options(**more: Any) -> dict[str, Any]:
    """Options of a grid that is read, not edited."""
    return {
        "theme": {"function": THEME},
        "localeText": _texts(),
        "suppressCellFocus": False,
        "suppressMenuHide": True,
        "suppressDragLeaveHidesColumns": True,
        "enableCellTextSelection": True,
        "tooltipShowDelay": 300,
        "rowHeight": 52,
        **more,
    }


def column(field: str, word: str, width: int, *, spare: bool = False, **more: Any) -> dict[str, Any]:
    """A column; a ``spare`` one is left out on a narrow screen."""
    return {"field": field, "headerName": word, "width": width, "context": {"spare": spare}, **more}
