"""Which notice can be laid over those that are known, and which cannot be taken away from under another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from rules.almanac import calendar, statutory
from rules.errors import CalendarError
from rules.notice import Notice


def check(notice: Notice, known: Sequence[Notice], where: str) -> None:
    """Raises CalendarError, naming ``where``, unless the notice can be laid over those that are known.

    Refused: no day at all, a year after one that is not known yet (a gap), a year or a regional day that was arranged
    before without ``amends`` (an overlap), an amendment of nothing or one older than what it amends, a publication to
    come, a whole arrangement of a year that works on a statutory holiday, a make-up day that works anyway. What works
    anyway is what works by all that the notice is laid over: the plain week under a whole arrangement, which restates
    its days; under any other also what was made a day of work before. A whole year again may name the day of
    work on which a holiday ends. A day of rest on a weekend is allowed: notices
    list them.
    """

    def wrong(key: str, value: object, allowed: str) -> CalendarError:
        return CalendarError(where, key, value, allowed)

    if not notice.rest | notice.work:
        raise wrong("rest", None, "at least one day of rest or of work")
    if notice.published > notice.known_from:
        raise wrong("published", notice.published.isoformat(), f"a day up to {notice.known_from}")
    last = _last_year(known)
    if notice.region == "" and notice.year > last + 1:
        raise wrong("year", notice.year, f"a year up to {last + 1}: its notice comes first")
    alike, told = _alike(notice, known), _told(notice, known)
    if notice.amends and not told:
        raise wrong("amends", True, f"false: there is nothing of {notice.year} to amend")
    if not notice.amends:
        _no_overlap(notice, alike, told, where)
    elif alike and notice.published < (since := max(n.published for n in alike)):
        raise wrong("published", notice.published.isoformat(), f"a day from {since}, when what it amends was published")
    plain = calendar(notice.region, notices=[*known, replace(notice, rest=frozenset(), work=frozenset())])
    for day in sorted(notice.work):
        # 2020-01-27 says of a Monday "2月3日起正常上班": a holiday prolonged names the day that ends it.
        ends = notice.whole and day - dt.timedelta(1) in notice.rest
        if plain.is_working_day(day) and not ends:
            raise wrong("work", day.isoformat(), "a day that would be a day of rest")
    if notice.region == "" and notice.replaces:
        _rests_by_statute(notice, where)


def leaning(gone: Notice, left: Sequence[Notice], known: Sequence[Notice]) -> list[Notice]:
    """The notices among ``left`` that could not stand without one: they amend what it alone arranged, or their year
    follows its own. ``known``: those that come with the product."""
    found = []
    for notice in left:
        others = [*known, *(n for n in left if n is not notice)]
        if _stands(notice, [*others, gone]) and not _stands(notice, others):
            found.append(notice)
    return found


def _stands(notice: Notice, known: Sequence[Notice]) -> bool:
    """Whether what it amends is there, and no year between it and what is known is missing."""
    gap = notice.region == "" and notice.year > _last_year(known) + 1
    return not gap and (_told(notice, known) or not notice.amends)


def _last_year(known: Sequence[Notice]) -> int:
    return calendar(notices=known).known_until.year


def _alike(notice: Notice, known: Sequence[Notice]) -> list[Notice]:
    return [n for n in known if (n.region, n.year) == (notice.region, notice.year)]


def _told(notice: Notice, known: Sequence[Notice]) -> bool:
    """Whether its year is arranged already: for the nation by whatever source, for a region by a notice of its own."""
    return notice.year <= _last_year(known) if notice.region == "" else bool(_alike(notice, known))


def _no_overlap(notice: Notice, alike: Sequence[Notice], told: bool, where: str) -> None:
    """A national notice speaks for a year that none has arranged, a regional one for days that none of it has."""
    if notice.region == "":
        if told:
            raise CalendarError(where, "year", notice.year, "amends = true: the year is arranged already")
        return
    for other in alike:
        if both := (notice.rest | notice.work) & (other.rest | other.work):
            allowed = f"amends = true: {other.document} has arranged the day"
            raise CalendarError(where, "rest" if min(both) in notice.rest else "work", min(both).isoformat(), allowed)


def _rests_by_statute(notice: Notice, where: str) -> None:
    """A State Council notice moves days of rest about the holidays, never the holidays themselves.

    On a weekend the holiday rests unless the notice makes it a day of work.
    """
    missing = [
        f"{name} {day}"
        for day, name in statutory(notice.year).items()
        if day in notice.work or (day.weekday() < 5 and day not in notice.rest)
    ]
    if missing:
        raise CalendarError(
            where, "rest", ", ".join(missing), "these statutory holidays among the days of rest as well"
        )
