"""Packs as a commission might write them; all made up. Each is a shipped file with words of it changed."""

from __future__ import annotations

import datetime as dt
import re
from importlib.resources import files
from random import Random

from rules.pack import RulePack
from rules.packfile import of_text


def shipped_text(pack: str = "zhejiang-80") -> str:
    """The file of a shipped pack."""
    return (files("rules") / "packs" / f"{pack}.toml").read_text("utf-8")


def changed(text: str, *words: tuple[str, str]) -> str:
    """The text with words changed, each where it stands first."""
    for old, new in words:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def number(days: int, since: dt.date) -> str:
    """A number as it stands in a file."""
    return f'{{ days = {days}, since = {since}, flag = "E", source = "虚构" }}'


def added(text: str, key: str, days: int, since: dt.date, nth: int = 1) -> str:
    """The text with a later number behind those of ``key``, where it stands for the ``nth`` time."""
    places = [m.end() for m in re.finditer(rf"^{key} = \[.*(?=\]$)", text, re.MULTILINE)]
    at = places[nth - 1]
    return f"{text[:at]}, {number(days, since)}{text[at:]}"


def version(since: dt.date, *numbers: tuple[str, int], name: str = "2027", of: str = "") -> str:
    """The default pack, or another text, with further numbers from a day on. A ``key`` may say which one: budget@2."""
    text = re.sub(r'^version = ".*"$', f'version = "{name}"', of or shipped_text(), count=1, flags=re.MULTILINE)
    for key, days in numbers:
        word, _at, nth = key.partition("@")
        text = added(text, word, days, since, int(nth or 1))
    return text


def own(
    name: str = "own-40", *, yellow: int = 20, red: int = 40, coded_from: str = "2020-01-01", regions: str = '"33"',
    kinds: str = '"filing"', label: str = "1", applies: str = "fits",
) -> str:  # fmt: skip
    """A pack of another id: stricter than the default one, in all else like it."""
    text = shipped_text().replace("2020-01-01", coded_from)
    text = text.replace("since = 2019-01-01", f"since = {min(coded_from, '2019-01-01')}")
    return changed(
        text,
        ('id = "zhejiang-80"', f'id = "{name}"'),
        ('version = "2020"', f'version = "{label}"'),
        ('kinds = ["filing"]', f"kinds = [{kinds}]"),
        ('regions = ["33"]', f'regions = [{regions}]\napplies = "{applies}"'),
        ("days = 55", f"days = {yellow}"),
        ("days = 80", f"days = {red}"),
    )


def read(text: str, file: str = "own.toml") -> RulePack:
    """The pack of a text."""
    return of_text(file, text)


def drawn(rng: Random, told_until: dt.date) -> str:
    """A pack of a new id with any scope and any thresholds, as often as not begun in the past."""
    yellow = rng.randrange(1, 60)
    return own(
        rng.choice(["a-1", "own-40", "zz"]),
        yellow=yellow,
        red=yellow + rng.randrange(1, 60),
        coded_from=(told_until + dt.timedelta(rng.randrange(-2500, 200))).isoformat(),
        regions=rng.choice(['"33"', '"3301"', "", '"32", "330381"']),
        kinds=rng.choice(['"filing"', "", '"approval"', '"filing", "approval"']),
        applies=rng.choice(["fits", "told"]),
    )


NUMBERS = ("yellow", "red", "number@1", "number@2", "budget@1", "budget@2", "late_entry_days", "bulk_events",
           "long_pause_days", "together_days")  # fmt: skip


def drawn_version(rng: Random, told_until: dt.date, keys: tuple[str, ...] = NUMBERS) -> str:
    """A further version of the default pack: later numbers for some keys."""
    since = told_until + dt.timedelta(rng.randrange(1, 120))
    chosen = rng.sample(keys, rng.randrange(1, len(keys)))
    days = {"yellow": rng.randrange(1, 55), "red": rng.randrange(56, 79)}
    return version(since, *((key, days.get(key, rng.randrange(1, 29))) for key in chosen))
