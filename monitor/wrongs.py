"""What is allowed where something is wrong with a pack, a notice or a profile, in the user's language.

The law speaks no language of its own: its errors carry one English text of `_ALLOWED`, with its values put in. Here it
is found again and told in the user's.
"""

from __future__ import annotations

import re
from functools import cache

from monitor.text import N_, _

REQUIRED = "required"  # a key that is not there
LACKED = N_("these statutory holidays among the days of rest as well")  # the value is what is not there
_ALLOWED = (
    N_("a code of the catalogue"),
    N_("a date such as 2020-01-01, without quotes"),
    N_("a file that can be read"),
    N_("a first `since` not after scope.coded_from {day}"),
    N_("a group of this pack"),
    N_("a clock that `stops` names: any other runs on in any case"),
    N_("a kind with which an item of the catalogue begins: {names}"),
    N_("a known key: {names}"),
    N_("a list of lists of codes, one of each list is enough"),
    N_("a list of tables, at least {n}"),
    N_("a list of texts"),
    N_("a table"),
    N_("a table, or a list of tables, one for each version"),
    N_("a text"),
    N_("a TOML file in UTF-8"),
    N_("a whole number of days, 0 to {n}"),
    N_("among {names}"),
    N_("at least {n} of {names}"),
    N_("each code once"),
    N_("each group once"),
    N_("each kind once"),
    N_("each mark once"),
    N_("each stage in one group at most"),
    N_("one of {names}"),
    N_("one of: {names}"),
    N_("parts that do not lead back to an item"),
    N_("prerequisites that do not lead back to an item"),
    N_("the code of another item of this catalogue"),
    N_("the digits with which area codes begin"),
    N_("true or false"),
    N_("1 or more"),
    N_("1 or more: a pause that stops no clock has empty `stops`"),
    N_("1 or more: without this table nothing is deemed accepted"),
    N_("a JSON file in UTF-8"),
    N_("a date such as 2027-01-01"),
    N_("a day from {first} to {last}"),
    N_("a day from {first} to {last}, so far as notices arrange the days"),
    N_("a day from {day}, when what it amends was published"),
    N_("a day of rest or a day of work, not both"),
    N_("a day that would be a day of rest"),
    N_("a day up to {day}"),
    N_("a file in UTF-8"),
    N_("a list of dates"),
    N_("a year from {first} to {last}"),
    N_("a year up to {year}: its notice comes first"),
    N_("amends = true: the year is arranged already"),
    N_("amends = true: {document} has arranged the day"),
    N_("an object with year, papers and days"),
    N_("at least one day of rest or of work"),
    N_("dates such as 2027-01-01, without quotes"),
    N_("each day once"),
    N_("false: there is nothing of {year} to amend"),
    N_("nothing: our own clock says it"),
    LACKED,
    N_("with amends = true alone"),
    N_('the digits of an area code, or "" for all of China'),
    N_("a number of days from 1 on"),
    N_("yellow below red on every day"),
    N_("`red` or `red_by`, not both"),
    N_("`since` later than {day}"),
    N_("`start` as in the version before: {start}"),
    N_("letters, digits, - _ and . without a space, at most 60"),
    N_("{value}, as in version {version}; or a new id"),
    N_("a day after {day}: what was coded up to then keeps its numbers; or a new id"),
    N_("a new id: projects keep the numbers of a known one"),
    N_("another version: this one is known with other content"),
    # of profiles
    N_("a column of the file, or a table with column, join or value"),
    N_("a column of the row itself: rows are gathered by it"),
    N_("a regular expression ({problem})"),
    N_("a regular expression with one group: what stands in it is taken"),
    N_("a row of the file, 1 or more"),
    N_("a time zone such as Asia/Shanghai"),
    N_("a whole number of days, {least} to {most}"),
    N_("at least one of projects, cases, events"),
    N_("beside a pattern alone"),
    N_("each name once: it tells the events of a case apart"),
    N_("exactly one of column, join and value"),
    N_("one of header_row and header_rows"),
    N_("two rows, one below the other, such as [2, 3]"),
    N_("first, last or most: earliest and latest are of dates"),
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Those with the most fixed words first, so that `one of: …` is not taken for `one of …`."""
    values = re.compile(r"\\\{(\w+)\\\}")
    found = [(text, re.compile(values.sub(r"(?P<\1>.*)", re.escape(text)), re.DOTALL)) for text in _ALLOWED]
    return tuple(sorted(found, key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0]))))


def allowed_in_words(text: str) -> str | None:
    """What is allowed, in the user's language; None for a text that is not known here."""
    for known, pattern in _patterns():
        if match := pattern.fullmatch(text):
            return _(known).format(**match.groupdict())
    return None
