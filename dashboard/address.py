"""The address of a page: path and query hold all of a reader's choices, so a link shows what its sender saw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, quote, urlencode

from flask import has_request_context, request

OVERVIEW, PROJECTS, PROJECT, DEPARTMENTS = "/", "/projects", "/project/", "/departments"
WHATIF, IMPORT, TRAIL = "/whatif", "/import", "/trail"
SIGN_IN, SIGN_OUT, PASSWORD = "/sign-in", "/sign-out", "/password"
PROVIDER = "/sign-in/provider"
STATUS, SLIP = "/status", "/slip/"

KNOWN_AT = "known_at"
_DIGITS = 15  # of a number, which any database holds
FOLLOWING = ("as_of", "region", KNOWN_AT)  # choices that go along to every page
CHOICES = (
    *("light", "stage", "department", "phase", "text", "period", KNOWN_AT),
    *("ask", "project", "keeper", "pack", "rest", "work"),  # of a question, as the numbers
    *("yellow", "red", "pre_construction", "acceptance"),
    *("job", "verb", "actor", "since", "until", "before", "names"),
)


def rooted(path: str) -> str:
    """A path of ours as a browser asks for it: behind a proxy all of them may stand under one of its own."""
    return (request.script_root if has_request_context() else "") + path


@dataclass(frozen=True)
class Address:
    """Where the reader is and what was chosen there; ``as_of`` is never after ``today``."""

    path: str
    today: dt.date
    as_of: dt.date
    region: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: str | None, search: str | None, today: dt.date) -> Self:
        """The address in a browser's bar. What cannot be understood is left out, never an error."""
        query = dict(parse_qsl((search or "").lstrip("?")))
        chosen = {key: query[key] for key in CHOICES if query.get(key)}
        own = (path or "").removeprefix(rooted(""))
        return cls(own or OVERVIEW, today, _day(query.get("as_of"), today), query.get("region") or None, chosen)

    @property
    def past(self) -> bool:
        """Whether an earlier day than today is looked at."""
        return self.as_of < self.today

    def get(self, key: str) -> str | None:
        """What was chosen for ``key`` on this page."""
        return self.choices.get(key)

    def number(self, key: str) -> int | None:
        """What was chosen for ``key``, where it is a number."""
        value = self.choices.get(key, "")
        return int(value) if value.isdecimal() and len(value) <= _DIGITS else None

    def known_at(self, zone: dt.tzinfo) -> dt.datetime | None:
        """The moment as known at which the page is asked for, in the office's zone; None: now.

        Raises ValueError for one that cannot be read, or lies after today.
        """
        text = self.choices.get(KNOWN_AT)
        if text is None:
            return None
        moment = dt.datetime.fromisoformat(text)
        moment = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
        if moment.date() > self.today:
            raise ValueError(f"{text} is still to come")
        return moment

    def href(self, path: str, **choices: str | int | None) -> str:
        """A link from here to ``path`` with ``choices``; day, region and the moment as known at go along."""
        own = {"as_of": self.as_of.isoformat() if self.past else None, "region": self.region}
        told = own | {KNOWN_AT: self.get(KNOWN_AT)} | choices
        query = {key: value for key, value in told.items() if value not in (None, "")}
        return rooted(path) + (f"?{urlencode(query)}" if query else "")

    def project(self, code: str) -> str:
        """The link to the page of a project."""
        return self.href(PROJECT + quote(code, safe=""))


def _day(text: str | None, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return today
    return min(day, today)
