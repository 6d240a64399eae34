"""Days, counts and money as an officer writes them; pure functions in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from monitor.looks import light_word, symbol
from monitor.text import N_, _, _n, language
from rules.vocabulary import Light

POLICY = N_("Counted by the 80-day policy measure; not a finding that a statutory or promised limit was missed.")
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "—"


def day_long(day: dt.date | None) -> str:
    """2026年11月21日（周六）, 21 Nov 2026 (Sat)."""
    if day is None:
        return NOTHING
    weekday = _(WEEKDAYS[day.weekday()])
    if language() == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year} ({weekday})"
    return f"{day.year}年{day.month}月{day.day}日（{weekday}）"


def day_in_text(day: dt.date, near: dt.date) -> str:
    """A day inside a sentence: 12月24日, 24 Dec; with its year where that is not the year of ``near``."""
    if language() == "en":
        short = f"{day.day} {MONTHS[day.month - 1]}"
        return short if day.year == near.year else f"{short} {day.year}"
    short = f"{day.month}月{day.day}日"
    return short if day.year == near.year else f"{day.year}年{short}"


def day_short(day: dt.date | None, near: dt.date | None = None) -> str:
    """11-21 in grids, 2025-11-21 where the year is not that of ``near``."""
    if day is None:
        return NOTHING
    return day.strftime("%m-%d") if near is not None and day.year == near.year else day.isoformat()


def month_name(day: dt.date, year: bool = True) -> str:
    """2026年3月, Mar 2026; or 3月, Mar where the year has been said."""
    if language() == "en":
        return f"{MONTHS[day.month - 1]} {day.year}" if year else MONTHS[day.month - 1]
    return f"{day.year}年{day.month}月" if year else f"{day.month}月"


def marked(text: str, provisional: bool) -> str:
    """A date with the mark of one that rests on days no published calendar knows."""
    return _("{date} (provisional)").format(date=text) if provisional else text


def working_days(n: float | Fraction | None) -> str:
    """57 个工作日."""
    if n is None:
        return NOTHING
    return _n("{n} working day", "{n} working days", 1 if n == 1 else 2).format(n=days(n))


def in_unit(n: float, unit: str) -> str:
    """57 个工作日, 91 个自然日: days in the unit in which they were counted."""
    if unit == "natural_day":
        return _n("{n} natural day", "{n} natural days", 1 if n == 1 else 2).format(n=days(n))
    return working_days(n)


def in_units(counted: Mapping[str, float]) -> str:
    """57 个工作日、91 个自然日: days of projects whose rules count in different units, each in its own."""
    return listing(in_unit(n, unit) for unit, n in counted.items()) or days(0)


def slip(n: float | None) -> str:
    """推迟 4 个工作日, 提前 2 个工作日, 按计划: how a day lies to the planned one; empty where one is not known."""
    if n is None or n != n:
        return ""
    if n == 0:
        return _("on plan")
    return (_("{days} late") if n > 0 else _("{days} early")).format(days=working_days(abs(n)))


def days(n: float | Fraction | None) -> str:
    """A number of days: whole ones plain, parts with one decimal."""
    if n is None:
        return NOTHING
    value = round(float(n), 1)
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def joined(parts: Iterable[str]) -> str:
    """Sentences one after the other."""
    return (" " if language() == "en" else "").join(part for part in parts if part)


def listing(parts: Iterable[str]) -> str:
    """Clauses in a row: a；b, a; b."""
    return ("; " if language() == "en" else "；").join(part for part in parts if part)


def departments(held_by: str) -> str:
    """Departments that hold a project now; of more than two the first two and how many there are."""
    names = [name.strip() for name in held_by.split("、") if name.strip()]
    if not names:
        return NOTHING
    if len(names) <= 2:
        return "、".join(names)
    return _("{names} and others, {n} departments").format(names="、".join(names[:2]), n=len(names))


def projects(n: int) -> str:
    """128 个项目."""
    return _n("{n} project", "{n} projects", n).format(n=f"{n:,}")


def change(n: int) -> str:
    """+3, −5, 持平: against a week ago."""
    if n == 0:
        return _("unchanged in a week")
    return _("{sign}{n} in a week").format(sign="+" if n > 0 else "−", n=f"{abs(n):,}")


def money(wan: Decimal | float | None) -> str:
    """An investment given in 万元: 亿元 from one 亿 on; in English in millions."""
    if wan is None or wan != wan:
        return NOTHING
    amount = float(wan)
    if language() == "en":
        return f"{amount / 100:,.1f} million yuan"
    return f"{amount / 10_000:,.2f} 亿元" if amount >= 10_000 else f"{amount:,.0f} 万元"


def light(word: Light) -> str:
    """◆ 黄灯."""
    return f"{symbol(word)} {light_word(word)}"
