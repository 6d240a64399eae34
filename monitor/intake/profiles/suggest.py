"""Proposes a profile for a file: a commented TOML text, and what it is not sure of.

What it cannot know it leaves to be refused rather than guessed: a word that it does not know stands in the file as a
comment, and `profile check` names each row with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from monitor.intake.profiles.definition import FileForm
from monitor.intake.profiles.looking import (
    MOSTLY,
    SURE,
    Looked,
    Seen,
    look,
    order_of,
    speaks_of_secrecy,
    stage_of_item,
    synonyms,
    word_of,
)
from monitor.intake.profiles.raw import plain, sources
from monitor.intake.refusals import FileRefused
from monitor.intake.secret_projects import SecretList
from monitor.text import _

MOST_WORDS = 60  # distinct words of a column that are listed
PLAIN = ("name", "region", "industry", "applicant", "credit_code", "agent", "investment", "ended_on")
OF_CASE = ("works_code", "item_code", "item_name")


@dataclass
class Suggested:
    """The text of a profile, and doubts: what a person should look at, each with the key it is about."""

    text: str
    doubts: list[tuple[str, str]] = field(default_factory=list)


def suggest(paths: Iterable[Path], profile_id: str, secret: SecretList | None = None) -> Suggested:
    """A profile for tables of one layout; raises FileRefused when there is nothing that could be a table. Nothing is
    said of projects that are marked as secret or that ``secret`` lists."""
    grids, _ignored = sources(paths, FileForm())
    looked = [found for grid in grids if (found := look(grid, secret or SecretList())) is not None and found.rows]
    if not looked:
        raise FileRefused(str(next(iter(grids)).name if grids else ""), "empty")
    best = max(looked, key=lambda one: (one.score, one.rows))
    alike = [one for one in looked if {plain(c.name) for c in best.columns} == {plain(c.name) for c in one.columns}]
    for one in alike:
        if one is not best:
            best.add(one)
    return _Writer(best, alike, looked, profile_id).written()


class _Writer:
    def __init__(self, best: Looked, alike: list[Looked], looked: list[Looked], profile_id: str) -> None:
        self.best, self.alike, self.looked, self.id = best, alike, looked, profile_id
        self.serials = best.grid.serials
        self.order, self.order_sure = order_of(best.columns, self.serials)
        self.doubts: list[tuple[str, str]] = []
        self.lines: list[str] = []
        self.used: set[str] = set()

    def written(self) -> Suggested:
        logged = self._is_log()
        self.lines += [
            f"id = {_quoted(self.id)}",
            f"title = {_quoted(Path(self.best.grid.name).stem)}",
            'form = "table"',
            f'dates = "{self.order}"',
        ]
        if not self.order_sure:
            self._doubt("dates", _("every date could be read in two ways; dmy: the day first, mdy: the month first"))
        self._file()
        self._projects(logged)
        self._cases()
        if logged:
            self._records()
        else:
            self._events()
        for column in self.best.columns:
            if column.name not in self.used and speaks_of_secrecy(column.name):
                told = _("{column} speaks of secrecy and is not mapped; by which column is a project secret?")
                self._doubt("projects.secret", told.format(column=column.name))
            elif column.name not in self.used and column.texts:
                self.lines.append("# " + _("not used: {column}").format(column=column.name))
        return Suggested("\n".join(map(_on_one_line, self.lines)) + "\n", self.doubts)

    def _is_log(self) -> bool:
        """One row for each thing that happened: a column of what, one of when, and cases that come again."""
        status, when = self.best.of("log.status"), self.best.of("log.occurred_at")
        if status is None or when is None or any(c.role.startswith("days.") for c in self.best.columns):
            return False
        return sum(n for text, n in status.texts.items() if word_of(text, "record") or word_of(text, "status")) > 0

    def _doubt(self, key: str, text: str) -> None:
        self.doubts.append((key, text))
        self.lines.append(f"# ? {text}")

    def _file(self) -> None:
        self.lines += ["", "[file]"]
        if self.best.grid.encoding == "xlsx":
            names = [one.grid.name.rpartition("/")[2] for one in self.alike]
            self.lines.append(f"sheets = [{', '.join(map(_quoted, names))}]")
            for one in self.looked:
                if one not in self.alike:
                    self._doubt("file.sheets", _("another layout, passed over: {sheet}").format(sheet=one.grid.name))
        elif self.best.grid.encoding != "utf-8":
            told = _("it is read as {encoding}; look whether the texts are right").format(
                encoding=self.best.grid.encoding
            )
            self._doubt("file.encoding", told)
        if self.best.totals:
            listed = [
                f"{_quoted(name)} = [{', '.join(_quoted(t) for t in dict.fromkeys(map(_pattern, texts)))}]"
                for name, texts in self.best.totals.items()
            ]
            self.lines.append(f"skip = {{ {', '.join(listed)} }}")
        code = self.best.of("projects.project_code")
        if code is not None and 0 < code.blank < self.best.rows:
            down = [c.name for c in self.best.columns if c.role.startswith("projects.") and c.blank > 0]
            self.lines.append(f"fill_down = [{', '.join(map(_quoted, down))}]")
            told = _("{n} rows have no project code; they are taken to belong to the project above")
            self._doubt("file.fill_down", told.format(n=code.blank))

    def _projects(self, logged: bool) -> None:
        self.lines += ["", "[projects]"]
        self._column("projects", "project_code", _("no column is like a project code; give its name"))
        for name in PLAIN:
            self._if_there("projects", name)
        self._worded("projects.kind", "kind", "kind")
        if (secrecy := self.best.of("projects.secret")) is not None:
            self._not_sure("projects.secret", secrecy)
            self._put("secret", secrecy)
        coded = self.best.of("projects.coded_on")
        if coded is not None and coded.dated(self.order, self.serials) >= MOSTLY:
            self._put("coded_on", coded)
            return
        first = self.best.of("log.occurred_at") if logged else None
        first = first or self.best.of("days.received") or self.best.of("days.accepted")
        if first is None:
            self._lacking("projects.coded_on", _("no column tells the day of coding; give its name"))
            return
        told = _("no column tells the day of coding; the first day of the project is taken instead")
        self._doubt("projects.coded_on", told)
        self.lines.append(f'coded_on = {{ column = {_quoted(first.name)}, take = "earliest" }}')

    def _cases(self) -> None:
        self.lines += ["", "[cases]"]
        case, code, item = (
            self.best.of(role) for role in ("cases.case_id", "projects.project_code", "cases.item_name")
        )
        if case is None and code is not None and item is None and max(code.texts.values(), default=0) == 1:
            self._doubt("cases.case_id", _("no column is like the number of a case; every project is one case"))
            self._put("case_id", code)
        elif case is not None or code is None or item is None:
            self._column("cases", "case_id", _("no column is like the number of a case; give its name"))
        else:
            self._doubt(
                "cases.case_id", _("no column is like the number of a case; project and item are taken together")
            )
            self.lines.append(f'case_id = {{ join = [{_quoted(code.name)}, {_quoted(item.name)}], with = "-" }}')
        for name in OF_CASE:
            self._if_there("cases", name)
        self._stage(item)
        self._column("cases", "department", _("no column is like a department; give its name"))
        for name in ("promised_days", "statutory_days"):
            if (column := self.best.of(f"cases.{name}")) is not None:
                self._put(name, column, """pattern = '^\\D*(\\d+)'""")

    def _stage(self, item: Seen | None) -> None:
        if self.best.of("cases.stage") is not None:
            self._worded("cases.stage", "stage", "stage")
        elif item is not None:
            known = {text: stage_of_item(text) or word_of(text, "stage") for text in item.texts}
            told = [f"{_quoted(t)} = {_quoted(w)}" for t, w in known.items() if w][:MOST_WORDS]
            unknown = [text for text, word in known.items() if not word]
            self._doubt("cases.stage", _("no column tells the stage; it is told from the item by the catalogue"))
            self.lines += [f'# {_quoted(text)} = "?"' for text in unknown[:MOST_WORDS]]
            self.lines.append(f"stage = {{ column = {_quoted(item.name)}, words = {{ {', '.join(told)} }} }}")
        else:
            self._doubt("cases.stage", _("no column tells the stage; every case is taken as parallel"))
            self.lines.append('stage = { value = "parallel" }')

    def _events(self) -> None:
        result = self.best.of("other.result")
        known = [c for c in self.best.columns if c.role.startswith("days.")]
        for column in known:
            name = column.role.partition(".")[2]
            part = column.dated(self.order, self.serials)
            if part < MOSTLY and column.texts:
                told = _("only {part:.0%} of the texts under {column} are dates").format(part=part, column=column.name)
                self._doubt(f"events.{name}", told)
            self._not_sure(f"events.{name}", column)
            self.lines += ["", "[[events]]", f'name = "{name}"', f"occurred_at = {_quoted(column.name)}"]
            self.used.add(column.name)
            if name == "decided" and result is not None:
                self._worded("other.result", "status", "status")
            else:
                self.lines.append(f'status = "{"approved" if name == "decided" else name}"')
                if name == "decided":
                    self._doubt("events.decided", _("no column tells the result; every decision is taken as approved"))
        if not known:
            self._doubt("events", _("no column of dates is like an event; add [[events]]"))
        for column in self.best.columns:
            if column.name not in self.used and column.dated(self.order, self.serials) >= MOSTLY:
                told = _("{column} holds dates; say which event they tell, or leave it out").format(column=column.name)
                self._doubt("events", told)

    def _records(self) -> None:
        self.lines += ["", "[[events]]", 'name = "record"', 'missing = "refuse"']
        when, own = self.best.of("log.occurred_at"), self.best.of("log.event_id")
        case, status = self.best.of("cases.case_id"), self.best.of("log.status")
        if own is not None:
            self._put("event_id", own)
        elif case is not None and status is not None and when is not None:
            self._doubt("events.event_id", _("records have no number; case, status and day are taken together"))
            names = ", ".join(_quoted(c.name) for c in (case, status, when))
            self.lines.append(f'event_id = {{ join = [{names}], with = "#" }}')
        if when is not None:
            self._put("occurred_at", when)
        self._worded("log.status", "status", "record")

    def _column(self, table: str, name: str, lacking: str) -> None:
        column = self.best.of(f"{table}.{name}")
        if column is None:
            self._lacking(f"{table}.{name}", lacking)
        else:
            self._not_sure(f"{table}.{name}", column)
            self._put(name, column)

    def _if_there(self, table: str, name: str) -> None:
        if (column := self.best.of(f"{table}.{name}")) is not None and column.texts:
            self._not_sure(f"{table}.{name}", column)
            self._put(name, column)

    def _not_sure(self, key: str, column: Seen) -> None:
        if column.sure < SURE:
            self._doubt(key, _("{column} is only like a name that is known").format(column=column.name))

    def _lacking(self, key: str, text: str) -> None:
        self._doubt(key, text)
        self.lines.append(f'# {key.partition(".")[2]} = ""')

    def _put(self, name: str, column: Seen, more: str = "") -> None:
        self.used.add(column.name)
        told = f"{{ column = {_quoted(column.name)}, {more} }}" if more else _quoted(column.name)
        self.lines.append(f"{name} = {told}")

    def _worded(self, role: str, name: str, of: str) -> None:
        """A column of words: those that stand in it, each with what it is taken for."""
        column = self.best.of(role)
        if column is None:
            return
        told = {
            text: word_of(text, of) or (word_of(text, "status") if of == "record" else None) for text in column.texts
        }
        listed = [f"{_quoted(text)} = {_quoted(word)}" for text, word in told.items() if word][:MOST_WORDS]
        unknown = [text for text, word in told.items() if not word]
        if unknown:
            shown = ", ".join(unknown[:10])
            self._doubt(
                f"{name}.words",
                _("words under {column} that are not known: {words}").format(column=column.name, words=shown),
            )
            self.lines += [f'# {_quoted(text)} = "?"' for text in unknown[:MOST_WORDS]]
        self._put(name, column, f"words = {{ {', '.join(listed)} }}")


def _pattern(text: str) -> str:
    """The usual pattern of a row of totals that a text fits."""
    return next(p for p in synonyms()["other"]["total"] if _fits(text, p))


def _fits(text: str, pattern: str) -> bool:
    return text.casefold().startswith(pattern.partition("*")[0])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _on_one_line(line: str) -> str:
    """A line as it may stand in TOML: a header may hold line breaks and stranger things, in comments too."""
    return "".join(letter if letter.isprintable() else " " for letter in line)
