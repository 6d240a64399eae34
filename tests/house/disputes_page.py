"""docs/争议问答.md, made from tests/stories/disputes: `python -m tests.house.disputes_page` writes it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from rules.packfile import shipped
from tests.house.tree import TOP, name
from tests.stories.story import DISPUTES, Dispute, disputes

PAGE = TOP / "docs" / "争议问答.md"
_HEAD = """# 争议问答

给监管人员、部门和申请人看的说明：有人对天数或灯有不同意见时，怎样答复。每一问都有一份办理记录、对方的主张、答复和依据。

本页由 `tests/stories/disputes/` 里的文件生成（`python -m tests.house.disputes_page`），不要直接改本页；
每个数字先由人数出来，再由测试核对：答复的数字算得出来，主张的数字算不出来。记录是虚构的。规则本身见[怎样计时](怎样计时.md)。

依据后面的字母是可靠程度：A 读到原文（条文、文件或程序代码）；B 转述一致；C 只有一个旧的或不牢靠的来源；
E 本系统的设定，没有查到规定，可以改。

"""
_UNITS = {"natural_day": "个自然日", "working_day": "个工作日"}


def page() -> str:
    """The whole page."""
    return _HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    book = disputes()
    yield "| | 争点 | 主张 |"
    yield "|---|---|---|"
    for number, one in enumerate(book, 1):
        yield f"| {number} | {one.title} | {one.claim} |"
    numbered = enumerate(book, 1)
    for chapter, ones in groupby(numbered, key=lambda it: it[1].chapter):
        yield f"\n## {chapter}"
        for number, one in ones:
            yield from _dispute(number, one)


def _dispute(number: int, one: Dispute) -> Iterator[str]:
    path = DISPUTES / f"{one.name}.toml"
    raw = tomllib.loads(path.read_text("utf-8"))
    yield f"\n### {number}. {one.title}\n"
    yield f"**主张** {one.claim}\n"
    yield f"**答复** {one.answer}\n"
    yield f"**依据** {one.article}。{one.ground}\n"
    yield "| 办件 | 办理记录 |"
    yield "|---|---|"
    for case in raw["case"]:
        yield f"| {_case(one, case)} | {'<br>'.join(_line(line) for line in case['log'])} |"
    yield ""
    for expected in one.expects:
        yield f"* {expected.on}：{expected.why}。"
    yield f"\n`{name(path)}`"


def _case(one: Dispute, case: Mapping[str, Any]) -> str:
    """A case with what the file says of it: item, works, whose time it is, its limits."""
    items = (one.own or shipped()[one.pack]).catalogue.items
    more = [items[case["item"]].name] if "item" in case else []
    more += [str(case[key]) for key in ("works_code", "department", "holder") if key in case]
    for clock, word in (("promised", "承诺"), ("statutory", "法定")):
        if f"{clock}_days" in case:
            more.append(f"{word} {case[f'{clock}_days']} {_UNITS[case.get(f'{clock}_unit', 'working_day')]}")
    return f"{case['id']}（{'，'.join(more)}）" if more else str(case["id"])


def _line(line: str) -> str:
    """A line of a log, what more it says in brackets."""
    when, what, *more = line.split()
    told = "，".join(part.replace("=", "：", 1) for part in more)
    return f"{when.replace('T', ' ')} {what}" + (f"（{told}）" if told else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
