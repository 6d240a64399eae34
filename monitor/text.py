"""Texts for people: English in the code, the reader's language on the page.

``_("Red light")`` gives the text in the language of the present context; ``_n`` knows singular and plural,
``_p`` tells equal English words of different meaning apart, ``N_`` marks a text of a table that is translated
later, where it is shown. Values are put in after translation: ``_("{n} projects").format(n=12)``.

Two catalogues under monitor/locale, `monitor` (for monitor and rules) and `dashboard`, are looked through in
this order. `python -m tests.house.catalogues` extracts, merges and compiles them.
"""

from __future__ import annotations

import gettext
from contextvars import ContextVar, Token
from functools import cache
from pathlib import Path
from types import TracebackType

LANGUAGES = ("zh_CN", "en")
DOMAINS = ("monitor", "dashboard")
LOCALE = Path(__file__).with_name("locale")

_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_default = "zh_CN"


def known_language(name: str) -> str:
    """One of `LANGUAGES` for a tag such as ``zh``, ``zh-CN``, ``zh_Hans_CN`` or ``en-GB``; else ValueError."""
    tongue = name.replace("-", "_").split("_")[0].lower()
    for language in LANGUAGES:
        if language.split("_")[0] == tongue:
            return language
    raise ValueError(f"language: {name!r}; one of {', '.join(LANGUAGES)}")


def set_default_language(name: str) -> None:
    """The language of every context that did not choose one; set once, at the door, from the settings.

    A context variable alone would not do: the threads of a web server start with an empty context.
    """
    global _default
    _default = known_language(name)


class use_language:
    """From here on this context speaks ``name``; used with ``with``, only until the end of the block."""

    def __init__(self, name: str) -> None:
        self._token: Token[str | None] = _spoken.set(known_language(name))

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _spoken.reset(self._token)


def language() -> str:
    """The language spoken now, one of `LANGUAGES`."""
    return _spoken.get() or _default


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    if name == "en":
        return gettext.NullTranslations()
    first, *more = (gettext.translation(domain, LOCALE, languages=[name]) for domain in DOMAINS)
    for other in more:
        first.add_fallback(other)
    return first


def _(text: str) -> str:
    """``text`` in the language spoken now."""
    return _catalogue(language()).gettext(text) if text else ""


def _n(one: str, many: str, n: int) -> str:
    """``one`` or ``many``, as ``n`` wants it, in the language spoken now."""
    return _catalogue(language()).ngettext(one, many, n)


def _p(context: str, text: str) -> str:
    """``text`` as it is meant in ``context`` (a word for translators, not shown)."""
    return _catalogue(language()).pgettext(context, text)


def N_(text: str) -> str:
    """``text`` itself: marks what a table holds and `_` translates where it is shown."""
    return text
