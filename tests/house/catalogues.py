"""The catalogues of translations: `python -m tests.house.catalogues` extracts, merges and compiles both.

It prints what is left to translate (fill in ``msgstr`` in monitor/locale/zh_CN/LC_MESSAGES/*.po and run it again) and
ends with 1 while there is any. A translation is kept when its text moves from one domain to the other; one whose text
is gone from the code is dropped. Babel is a development tool: at run time the standard library reads the .mo files.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parents[2]
FOLDER = TOP / "monitor" / "locale" / "zh_CN" / "LC_MESSAGES"
SOURCES = {"monitor": ("monitor", "rules"), "dashboard": ("dashboard",)}
KEYWORDS = {"_": None, "N_": None, "_n": (1, 2), "_p": ((1, "c"), 2)}
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}  # what texts are looked for in, and how
_HEADER = "# Chinese texts of the approval monitor. Made by `python -m tests.house.catalogues`; fill in msgstr here.\n#"
_NO_DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # a compiled catalogue is the same whenever it is compiled
_VOLATILE = re.compile(r'^"(POT-|PO-|Report-|Last-|Language-T|Project-|Generated-)[^:]*:.*\n', re.MULTILINE)

Key = tuple[str, str | tuple[str, ...]]  # context, msgid (or singular and plural)


def key(message: Message) -> Key:
    """What identifies a message: its context and its text."""
    return message.context or "", message.id


@cache
def extracted() -> dict[str, dict[Key, set[str]]]:
    """By domain, the texts in the code and the files they stand in; a text of both domains belongs to the first."""
    found: dict[str, dict[Key, set[str]]] = {}
    taken: set[Key] = set()
    for domain, rooms in SOURCES.items():
        texts: dict[Key, set[str]] = {}
        for path in sorted(p for room in rooms for p in (TOP / room).rglob("*") if p.suffix in METHODS):
            told = {"keywords": KEYWORDS, "options": {"silent": "false"}}
            for _line, text, _comments, context in extract_from_file(METHODS[path.suffix], path, **told):
                name: Key = (context or "", text)
                if text and name not in taken:
                    texts.setdefault(name, set()).add(path.relative_to(TOP).as_posix())
        found[domain] = texts
        taken |= set(texts)
    return found


def stored(domain: str) -> Catalog:
    """The catalogue as it lies in the repository; an empty one where there is none yet."""
    path = FOLDER / f"{domain}.po"
    if not path.exists():
        return Catalog(locale="zh_CN", domain=domain)
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN", domain=domain)


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Its messages without the header."""
    return (message for message in catalogue if message.id)


def is_translated(message: Message) -> bool:
    """Whether every form of it has a translation."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms)


def merged(domain: str, texts: dict[Key, set[str]], known: dict[Key, str | tuple[str, ...]]) -> Catalog:
    """A catalogue of exactly these texts, with the translations that are known."""
    catalogue = Catalog(locale="zh_CN", domain=domain, header_comment=_HEADER, fuzzy=False)
    for name in sorted(texts, key=str):
        context, text = name
        places = [(file, None) for file in sorted(texts[name])]
        catalogue.add(text, string=known.get(name, ""), locations=places, context=context or None)
    return catalogue


def as_po(catalogue: Catalog) -> str:
    """Its text, without the dates and names that would differ on every run."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return _VOLATILE.sub("", out.getvalue().decode("utf-8"))


def as_mo(domain: str) -> bytes:
    """The stored catalogue, compiled."""
    catalogue = stored(domain)
    catalogue.creation_date = catalogue.revision_date = _NO_DAY
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def placeholders(text: str) -> set[str]:
    """The names in braces, each with its conversion and format."""
    fields = (f for f in Formatter().parse(text) if f[1] is not None)
    return {f"{name}!{conversion or ''}:{form or ''}" for _, name, form, conversion in fields}


def main() -> int:
    """Extracts, merges, compiles; says what is left to translate."""
    known = {key(m): m.string for domain in SOURCES for m in messages(stored(domain)) if is_translated(m)}
    FOLDER.mkdir(parents=True, exist_ok=True)
    left = 0
    for domain, texts in extracted().items():
        catalogue = merged(domain, texts, known)
        (FOLDER / f"{domain}.po").write_text(as_po(catalogue), encoding="utf-8")
        (FOLDER / f"{domain}.mo").write_bytes(as_mo(domain))
        empty = [m for m in messages(catalogue) if not is_translated(m)]
        left += len(empty)
        print(f"{domain}: {len(texts)} texts, {len(empty)} to translate")
        for message in empty:
            print(f"  {', '.join(place for place, _ in message.locations)}: {message.id!r}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
