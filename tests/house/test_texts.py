"""Every text goes through gettext, and the Chinese catalogues are complete and compiled."""

from __future__ import annotations

import ast
import re

import pytest
from babel.messages.catalog import Message

from monitor.text import DOMAINS, N_, _, _n, _p, known_language, language, set_default_language, use_language
from tests.house import catalogues
from tests.house.tree import name, parsed, python_files, texts

AGAIN = "run `python -m tests.house.catalogues` and fill in msgstr"
CHINESE = re.compile("[\u3400-\u9fff]")
# Where Chinese is data: a made-up province, headers of foreign files, names of departments.
DATA = ("monitor/simulate/", "monitor/verbs/demo.py", "monitor/intake/", "monitor/codes/")
# How dates and money are written, and the name of the language in itself, are not texts to translate.
FORMS = re.compile("[年月日万亿元]|中文")

messages = {domain: list(catalogues.messages(catalogues.stored(domain))) for domain in DOMAINS}
ALL = [pytest.param(m, id=f"{domain}-{n}") for domain in DOMAINS for n, m in enumerate(messages[domain])]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    """Singular and plural alike."""
    return list(text) if isinstance(text, tuple | list) else [text]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogue_holds_exactly_the_texts_in_the_code(domain: str) -> None:
    wanted = set(catalogues.extracted()[domain])
    held = {catalogues.key(m) for m in messages[domain]}
    assert not wanted - held, AGAIN
    assert not held - wanted, AGAIN
    assert not catalogues.stored(domain).obsolete, AGAIN


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogue_is_translated(domain: str) -> None:
    assert not [m.id for m in messages[domain] if not catalogues.is_translated(m)], AGAIN
    assert not [m.id for m in messages[domain] if m.fuzzy], AGAIN


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_current(domain: str) -> None:
    assert (catalogues.FOLDER / f"{domain}.mo").read_bytes() == catalogues.as_mo(domain), AGAIN


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_translation_takes_the_values_that_its_text_takes(domain: str) -> None:
    def wrong(message: Message) -> bool:
        wanted = catalogues.placeholders(forms(message.id)[-1])
        return any(catalogues.placeholders(form) != wanted for form in forms(message.string))

    assert not [m.id for m in messages[domain] if catalogues.is_translated(m) and wrong(m)]


def test_no_chinese_text_stands_in_the_code() -> None:
    written = [
        f"{name(path)}:{line}: {text[:40]}"
        for path in python_files("monitor", "dashboard")
        if not name(path).startswith(DATA)
        for line, text in texts(parsed(path))
        if CHINESE.search(FORMS.sub("", text))
    ]
    assert not written, "write it in English through monitor.text._ and translate it in the catalogue"


def shown(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that a person will read."""
    named = [
        k.value for k in call.keywords if k.arg in ("help", "title", "label", "placeholder", "description", "message")
    ]
    if isinstance(call.func, ast.Name) and call.func.id in ("say", "print", "Refused"):
        return [*named, *call.args[:1]]
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        owner, attribute = call.func.value.id, call.func.attr
        if owner in ("html", "dmc") or (owner, attribute) in (("typer", "echo"), ("typer", "BadParameter")):
            return [*named, *call.args[:1], *(k.value for k in call.keywords if k.arg == "children")]
        if owner == "typer":
            return named
    return []


def test_what_a_person_reads_goes_through_gettext() -> None:
    def bare(text: ast.expr) -> bool:
        if isinstance(text, ast.List):
            return any(bare(one) for one in text.elts)
        if isinstance(text, ast.JoinedStr):
            return any(bare(one) for one in text.values)
        return (
            isinstance(text, ast.Constant)
            and isinstance(text.value, str)
            and bool(re.search("[A-Za-z]{2}", text.value))
        )

    written = [
        f"{name(path)}:{node.lineno}"
        for path in python_files("monitor/doors", "dashboard")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and any(bare(text) for text in shown(node))
    ]
    assert not written, "put it through monitor.text._"


def test_texts_are_not_formatted_before_they_are_translated() -> None:
    early = re.compile(r"""\b(_|N_|_n|_p)\(\s*f["']""")
    assert not [name(p) for p in python_files("monitor", "dashboard") if early.search(p.read_text("utf-8"))]


def test_the_language_of_a_context() -> None:
    assert language() == "zh_CN"
    with use_language("en-GB"):
        assert language() == "en"
        assert _("{n} projects") == "{n} projects"
        assert [_n("{n} project", "{n} projects", n).format(n=n) for n in (1, 2)] == ["1 project", "2 projects"]
        assert _p("a light", "green") == "green"
        with use_language("zh"):
            assert language() == "zh_CN"
        assert language() == "en"
    assert language() == "zh_CN"
    assert _("") == ""
    assert N_("as it is") == "as it is"


def test_the_default_language() -> None:
    set_default_language("en")
    try:
        assert language() == "en"
    finally:
        set_default_language("zh-CN")
    assert language() == "zh_CN"
    with pytest.raises(ValueError, match="one of zh_CN, en"):
        known_language("tlh")


def test_chinese_is_spoken_where_it_is_known() -> None:
    plain = [m for d in DOMAINS for m in messages[d] if isinstance(m.id, str) and not m.context and m.string]
    assert plain
    assert all(_(m.id) == m.string for m in plain)
