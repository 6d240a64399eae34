"""Raw rows -> canonical rows, by a profile. Rows that do not need one another are mapped one by one; where a value
rests on the other rows of a case or a project, all rows of one project are looked at together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from monitor.codes.secret import SECRET
from monitor.intake.columns import TABLES, Kind, TableName
from monitor.intake.delimited import NO_LETTER
from monitor.intake.profiles.definition import SECRECY, EventRule, Expression, Profile, spec_of
from monitor.intake.profiles.openings import Stretch, stretches
from monitor.intake.profiles.values import Cells, Dating, Value, condition
from monitor.intake.spool import MARK, mark
from rules.vocabulary import NATIONAL_CODES, Status

# Rows of projects and of cases that are remembered, by 64 bits of what they say, so as not to write them again. Should
# two ever be taken for the same, what belongs to the second is refused as of an unknown project or case.
REMEMBERED = 400_000

# All that is written of a row of a secret project: by these the other rows of the project are known.
OF_SECRETS = ("project_code", "case_id", "event_id")
_NO_KEY = mark("secret", "")

Write = Callable[[TableName, int, Sequence[str], int, int], None]  # table, source, cells, row of the source, rule


Blank = Callable[[int, Sequence[str], int, int], None]  # source, cells, row of the source, rule
_Made = tuple[int, "Raw", dict[str, str]]  # an event: number of its rule, row of the source, cells by column


@dataclass(frozen=True, slots=True)
class Raw:
    """A row of one of the sources."""

    source: int
    number: int
    cells: Cells


class Mapper:
    """Maps the rows of all sources. ``write`` takes what comes out, ``blank`` the events without a day; ``at``: the
    place of each source column. ``present``: which columns a source has."""

    def __init__(self, profile: Profile, at: Mapping[str, int], dating: Dating, write: Write, blank: Blank) -> None:
        self.profile, self.at, self.dating, self.write, self.blank = profile, at, dating, write, blank
        self.present: dict[int, frozenset[str]] = {}
        self.projects = self._values("projects", profile.projects)
        self._marks = [self.projects[name] for name in ("kind", SECRECY.name) if name in self.projects]
        if (secrecy := self.projects.pop(SECRECY.name, None)) is not None:
            self.projects.setdefault("kind", secrecy)
        self._of_secret = False  # the rows at hand
        self.cases = self._values("cases", profile.cases)
        if self.cases and "project_code" not in self.cases:
            self.cases["project_code"] = self.projects["project_code"]
        self.rules = [_Rule(rule, self._values("events", rule.columns), at) for rule in profile.events]
        self.columns = columns_of(profile)
        self.key = self.projects.get("project_code") or self.cases.get("project_code")  # by which rows are gathered
        tables: tuple[TableName, ...] = ("projects", "cases")
        told = {"projects": self.projects, "cases": self.cases}
        self._repeated = [
            _Facts(table, told[table], self.columns[table], self._marks) for table in tables if told[table]
        ]
        self._before_it: dict[Value, dict[int, Raw]] = {}

    def _values(self, table: TableName, told: Mapping[str, Expression]) -> dict[str, Value]:
        spec = spec_of(table)
        return {name: Value(told[name], spec[name], self.at, self.dating) for name in told}

    def labels(self, table: TableName, present: frozenset[str]) -> tuple[dict[str, str], ...]:
        """The column of each canonical one in a source that has those ``present``, for each rule of a table."""
        listed = [self.projects if table == "projects" else self.cases]
        if table == "events":
            case = {name: self.cases["case_id"] for name in ("event_id", "case_id") if self.cases}
            listed = [case | rule.values for rule in self.rules]
        return tuple({name: value.label(present) for name, value in values.items()} for values in listed)

    @property
    def dated(self) -> frozenset[int]:
        """The places of the cells that are read as days."""
        told = [self.projects, self.cases, *(rule.values for rule in self.rules)]
        days = [one for values in told for one in values.values() if one.column.kind in (Kind.DAY, Kind.MOMENT)]
        return frozenset(place for one in days for place in (*one.at, one.first) if place is not None)

    def row(self, raw: Raw) -> None:
        """Maps one row that needs no other."""
        self._of_secret = self._says_secret(raw)
        for facts in self._repeated:
            if (new := facts.new(raw.cells)) is not None:
                self._put(facts.table, raw, new)
        case = self.cases["case_id"](raw.cells) if self.cases else ""
        made: list[_Made] = []
        for n, rule in enumerate(self.rules):
            if rule.when is None or rule.when(raw.cells):
                told = {name: value(raw.cells) for name, value in rule.values.items()}
                self._make_event(made, n, raw, case, told)
        self._put_events(made)

    def group(self, rows: Sequence[Raw]) -> None:
        """Maps all rows of one project together."""
        self._of_secret = any(map(self._says_secret, rows))
        self._before_it = self._before(rows)
        cases: dict[str, list[Raw]] = {}
        if self.cases:
            for raw in rows:
                cases.setdefault(self.cases["case_id"](raw.cells).strip(), []).append(raw)
        if self.projects:
            self._facts("projects", self.projects, rows, rows)
        for some in cases.values():
            self._facts("cases", self.cases, some, rows)
        spans: dict[str, list[tuple[str, int]]] = {}
        made: list[_Made] = []
        for n, rule in enumerate(self.rules):
            if rule.until is None:
                for raw, case, told in self._events(rule, rows, cases):
                    if self._make_event(made, n, raw, case, told):
                        spans.setdefault(case, []).append((told["occurred_at"][:10], status_of(told["status"])))
        for n, rule in enumerate(self.rules):
            if rule.until is not None:
                self._stretches(made, n, rows, spans)
        self._put_events(made)

    def _facts(
        self, table: TableName, values: Mapping[str, Value], rows: Sequence[Raw], project: Sequence[Raw]
    ) -> None:
        told: dict[tuple[str, ...], Raw] = {}
        taken = {name: self._one(value, rows[0], rows, project) for name, value in values.items() if value.told.take}
        once = {name: text for name, (text, _raw) in taken.items()}
        wrong = next((raw for text, raw in taken.values() if text.startswith(MARK)), None)  # that row is to be mended
        how = self.profile.differing.get(table, "refuse")
        for raw in rows:
            row = tuple(once[name] if name in once else values[name](raw.cells) for name in self.columns[table])
            if how == "last":
                told.pop(row, None)
            told.setdefault(row, raw)
        listed = list(told.items())
        if how != "refuse":
            listed = listed[:1] if how == "first" else listed[-1:]
        for cells, first in listed:
            self._put(table, wrong or first, cells)

    def _events(
        self, rule: _Rule, rows: Sequence[Raw], cases: Mapping[str, Sequence[Raw]]
    ) -> Iterable[tuple[Raw, str, dict[str, str]]]:
        for case, some in cases.items() if cases else (("", rows),):
            fitting = [raw for raw in some if rule.when is None or rule.when(raw.cells)]
            for raw in fitting[:1] if rule.rule.once else fitting:
                told, where = {}, raw
                for name, value in rule.values.items():
                    told[name], at = self._one(value, raw, some, rows)
                    if name == "occurred_at" and value.told.take:
                        where = at
                if not self._later(rule, told, raw):
                    yield where, case, told

    def _one(self, value: Value, raw: Raw, case: Sequence[Raw], project: Sequence[Raw]) -> tuple[str, Raw]:
        """A value, and the row that it stands in."""
        if value.told.previous:
            own, earlier = value(raw.cells), self._before_it[value].get(id(raw))
            if not own.strip() or own.startswith(MARK):
                return own, raw
            if earlier is None:
                return (value.finish(raw.cells[value.first]) if value.first is not None else ""), raw
            return value(earlier.cells), raw
        if not value.told.take:
            return value(raw.cells), raw
        return _of_many(value, case if value.told.of == "case" else project)

    def _before(self, rows: Sequence[Raw]) -> dict[Value, dict[int, Raw]]:
        """For each value that looks back: the row before each one, in the order of its days."""
        found: dict[Value, dict[int, Raw]] = {}
        for value in (v for rule in self.rules for v in rule.values.values() if v.told.previous):
            dated = [raw for raw in rows if value.text(raw.cells).strip() and not value(raw.cells).startswith(MARK)]
            ordered = sorted(dated, key=lambda raw: value(raw.cells))
            found[value] = {id(late): early for early, late in pairwise(ordered)}
        return found

    def _later(self, rule: _Rule, told: Mapping[str, str], raw: Raw) -> bool:
        """Whether the day before is later than the row's own: then there was no such event."""
        value = rule.values["occurred_at"]
        own = value(raw.cells)[:10] if value.told.previous else ""
        return bool(own) and told["occurred_at"][:10] > own

    def _stretches(
        self, made: list[_Made], n: int, rows: Sequence[Raw], spans: Mapping[str, Sequence[tuple[str, int]]]
    ) -> None:
        rule = self.rules[n]
        when, until = rule.when, rule.until
        day = rule.values["occurred_at"]
        starts = [(day(raw.cells), raw) for raw in rows if when is None or when(raw.cells)]
        ends = [(day(raw.cells), raw) for raw in rows if until is not None and until(raw.cells)]
        for found in stretches(starts, ends, spans):
            self._make_stretch(made, n, rule, found)

    def _make_stretch(self, made: list[_Made], n: int, rule: _Rule, found: Stretch[Raw]) -> None:
        told = {name: value(found.start.cells) for name, value in rule.values.items()}
        told["event_id"] = f"{found.case}#{rule.rule.name}@{found.day[:10]}"
        self._make_event(made, n, found.start, found.case, told)
        if found.end is not None:
            end = {"event_id": told["event_id"] + "#end", "status": rule.rule.until_status}
            self._make_event(made, n, found.end, found.case, end | {"occurred_at": found.end_day})

    def _make_event(self, made: list[_Made], n: int, raw: Raw, case: str, told: Mapping[str, str]) -> bool:
        """Adds an event of a row to those ``made``, if there was one."""
        rule = self.rules[n]
        case = told.get("case_id", case)
        wrong = case.startswith(MARK) or NO_LETTER in case  # which is told as it stands in the file
        own = case if wrong else f"{case.strip()}#{rule.rule.name}"
        if not told["occurred_at"].strip():
            if rule.rule.missing == "skip" or not (rule.rule.missing or (told["status"] and rule.word(raw.cells))):
                self._note_blank(n, raw, case, told.get("event_id", own))
                return False
        elif not told["status"] and (word := rule.word(raw.cells)):
            told = {**told, "status": mark("under_way", word)}
        made.append((n, raw, {"case_id": case, "event_id": own} | dict(told)))
        return True

    def _note_blank(self, n: int, raw: Raw, case: str, event: str) -> None:
        """Notes that a row has no day for an event that it could tell. A file without the column says nothing of it."""
        rule = self.rules[n]
        if rule.looks_back or self._of_secret or not case.strip() or MARK in (case[:1], event[:1]):
            return
        if not rule.days.isdisjoint(self.present.get(raw.source, ())):
            self.blank(raw.source, (event.strip(), case.strip()), raw.number, n)

    def _put_events(self, made: Sequence[_Made]) -> None:
        """Writes events. What a row tells comes in whole or waits whole: a case that is accepted and, for its day
        cannot be read, never decided, would be judged by half of what is known of it."""
        wrong: dict[tuple[int, int], str] = {}
        if len(made) > 1:
            for n, raw, told in made:
                if name := wrong_in(told):
                    wrong.setdefault((raw.source, raw.number), self._header(self.rules[n].values.get(name), raw, name))
        for n, raw, told in made:
            if wrong and (header := wrong.get((raw.source, raw.number))) and not wrong_in(told):
                said = self.rules[n].values["occurred_at"].text(raw.cells).strip()
                told = told | {"occurred_at": mark("beside", said, wrong=header)}
            self._put("events", raw, [told.get(name, "") for name in self.columns["events"]], n)

    def _header(self, value: Value | None, raw: Raw, name: str) -> str:
        columns = value.told.columns if value else ()
        filled = [one for one in columns if raw.cells[self.at[one]].strip()]
        return " / ".join(filled or columns) or name

    def _says_secret(self, raw: Raw) -> bool:
        return any(mark.says_secret(raw.cells) for mark in self._marks)

    def _put(self, table: TableName, raw: Raw, cells: Sequence[str], rule: int = 0) -> None:
        if self._of_secret:
            named = zip(self.columns[table], cells, strict=True)
            # A blank key is no key of others: what stands for it is in no file.
            keys = {name: cell if cell.strip() else _NO_KEY for name, cell in named if name in OF_SECRETS}
            cells = [SECRET if name == "kind" else keys.get(name, "") for name in self.columns[table]]
        self.write(table, raw.source, cells, raw.number, rule)


class _Facts:
    """Projects or cases told again and again, row by row: what the last rows said already is not told again."""

    def __init__(
        self, table: TableName, values: Mapping[str, Value], columns: Sequence[str], marks: Sequence[Value]
    ) -> None:
        self.table, self.values = table, [values[name] for name in columns]
        places = sorted({place for value in (*self.values, *marks) for place in value.at})
        self._read = itemgetter(*places) if places else len  # of constants alone every row says the same
        self._recent: set[int] = set()

    def new(self, cells: Cells) -> tuple[str, ...] | None:
        """The canonical cells; None when a row said the same."""
        said = hash(self._read(cells))
        if said in self._recent:
            return None
        if len(self._recent) > REMEMBERED:
            self._recent.clear()
        self._recent.add(said)
        return tuple([value(cells) for value in self.values])


class _Rule:
    """A rule for events made ready."""

    def __init__(self, rule: EventRule, values: dict[str, Value], at: Mapping[str, int]) -> None:
        self.rule, self.values = rule, values
        self.when = condition(rule.when, at) if rule.when else None
        self.until = condition(rule.until, at) if rule.until else None
        self.days = frozenset(values["occurred_at"].told.columns)
        self.looks_back = values["occurred_at"].told.previous

    def word(self, cells: Cells) -> str:
        """What a row says of the status; blank where the rule itself says it."""
        status = self.values["status"]
        return "" if status.constant is not None else status.text(cells).strip()


def columns_of(profile: Profile) -> dict[TableName, tuple[str, ...]]:
    """The canonical columns that a profile tells of each table, in their usual order; the own key is the first."""
    told: dict[TableName, set[str]] = {
        "projects": set(profile.projects) | ({"kind"} if SECRECY.name in profile.projects else set()),
        "cases": set(profile.cases) | ({"project_code"} if profile.cases else set()),
        "events": {name for rule in profile.events for name in rule.columns}
        | ({"event_id", "case_id"} if profile.events else set()),
    }
    return {table: tuple(c.name for c in TABLES[table] if c.name in told[table]) for table in TABLES}


# Words of the columns of an event, but for the status, which may be told by its code.
_WORDS = {
    column.name: {word.name.lower() for word in column.words}
    for column in TABLES["events"]
    if column.kind is Kind.WORD and column.name != "status"
}


def wrong_in(told: Mapping[str, str]) -> str:
    """The first column of an event that cannot be taken in; blank: none that can be told by looking at it."""
    for name, cell in told.items():
        if cell.startswith(MARK) or (name in _WORDS and cell.strip() and cell.strip().lower() not in _WORDS[name]):
            return name
    if not told["occurred_at"].strip():
        return "occurred_at"
    return "" if status_of(told["status"].strip()) else "status"


def status_of(word: str) -> int:
    """The number of a status told by its word or its national code; 0: neither."""
    if word.isdigit() and int(word) in NATIONAL_CODES:
        return int(word)
    return int(Status.__members__.get(word.upper(), 0))


def _of_many(value: Value, rows: Sequence[Raw]) -> tuple[str, Raw]:
    """One value of many rows; a row in which it is blank says nothing."""
    told = [(value(raw.cells), raw) for raw in rows]
    filled = [(text, raw) for text, raw in told if text.strip()]
    if not filled:
        return "", rows[0]
    wrong = [(text, raw) for text, raw in filled if text.startswith(MARK)]
    if wrong:
        return wrong[0]
    match value.told.take:
        case "first":
            return filled[0]
        case "last":
            return filled[-1]
        case "earliest":
            return min(filled, key=itemgetter(0))
        case "latest":
            return max(filled, key=itemgetter(0))
    counts: dict[str, int] = {}
    for text, _raw in filled:
        counts[text] = counts.get(text, 0) + 1
    most = min(counts, key=lambda text: (-counts[text], text))
    return next(pair for pair in filled if pair[0] == most)
