"""docs/settings.md, made from the settings model: `python -m tests.house.settings_page` writes it."""

from __future__ import annotations

from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from monitor.settings import Settings
from tests.house.tree import TOP

PAGE = TOP / "docs" / "settings.md"
_HEAD = """# Settings

Made from `monitor/settings.py` by `python -m tests.house.settings_page`; do not edit it here.

A setting is an environment variable, or a line `NAME=value` in a file `.env` in the folder from which the program is
started. It is read once, when a process starts; start the process again after a change.

| variable | default | values | what it does |
|---|---|---|---|
"""
# Defaults that differ from machine to machine, in words.
_IN_WORDS = {
    "database_url": "a SQLite file in the user's data folder, `~/.local/share/approval-monitor/monitor.db`",
    "upload_folder": "`uploads` in the user's data folder",
    "log_folder": "`logs` in the user's data folder",
}
_KINDS = {bool: "`true`, `false`", int: "whole number", str: "text", SecretStr: "text, kept secret", Path: "path"}


def default(name: str, field: FieldInfo) -> str:
    """The default as one would write it in `.env`; a dash where it is empty."""
    if name in _IN_WORDS:
        return _IN_WORDS[name]
    if field.default is PydanticUndefined:
        raise LookupError(f"{name}: give its default in words, in {__name__}")
    if field.default in ("", None):
        return "–"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def values(kind: Any, field: FieldInfo) -> str:
    """What may stand there: the words to choose from, the bounds of a number, or its kind."""
    kinds = [one for one in (get_args(kind) if isinstance(kind, UnionType) else (kind,)) if one is not NoneType]
    if get_origin(kinds[0]) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(kinds[0]))
    if kinds[0] is str:
        return _KINDS[str]
    bounds = [f"{sign} {limit}" for mark in field.metadata for sign, limit in _bounds(mark)]
    return f"{_KINDS[kinds[0]]} {', '.join(bounds)}".strip()


def _bounds(mark: Any) -> list[tuple[str, Any]]:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    return [(sign, getattr(mark, word)) for word, sign in signs.items() if getattr(mark, word, None) is not None]


def page() -> str:
    """The whole page."""
    prefix = Settings.model_config["env_prefix"]
    rows = (
        (f"`{prefix}{name.upper()}`", default(name, field), values(field.annotation, field), field.description)
        for name, field in Settings.model_fields.items()
    )
    return _HEAD + "".join(f"| {' | '.join(map(str, row))} |\n" for row in rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
