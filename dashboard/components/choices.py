"""Fields whose value stands in the address: assets/shell.js carries it there and back."""

from __future__ import annotations

from collections.abc import Iterable

import dash_mantine_components as dmc

Option = tuple[str, str]  # value, word


def choice(
    key: str,
    options: Iterable[Option],
    value: str | None,
    label: str,
    *,
    default: str = "",
    searchable: bool = False,
) -> dmc.Select:
    """A list to choose ``key`` from. ``default`` is what no entry in the address means; it cannot be cleared."""
    return dmc.Select(
        id={"type": "choice", "key": key, "default": default},
        data=[{"value": option, "label": word} for option, word in options],
        value=value or default or None,
        placeholder=label,
        clearable=not default,
        searchable=searchable,
        allowDeselect=False,
        checkIconPosition="right",
        className=f"choice choice-{key}",
        **{"aria-label": label},
    )
