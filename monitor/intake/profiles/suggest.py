"""Proposes a profile for a file: a commented TOML text, and what it is not sure of.

What it cannot know it leaves to be refused rather than guessed: a word that it does not know stands in the file as a
comment, and `profile check` names each row with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path

from monitor.intake.profiles.definition import FileForm
from monitor.intake.profiles.headers import plain
from monitor.intake.profiles.looking import (
    MOSTLY,
    Looked,
    Seen,
    look,
    speaks_of_secrecy,
    stage_of_item,
    total_of,
)
from monitor.intake.profiles.proposing import MOST_WORDS, Proposal, quoted
from monitor.intake.profiles.raw import sources
from monitor.intake.profiles.wording import meaning, unsettled
from monitor.intake.refusals import FileRefused
from monitor.intake.secret_projects import SecretList, Secrets, withholding
from monitor.text import _

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# Whole texts alone: 3个月 is not 3, and of 法定20承诺10 nobody can say which.
_DAYS = r"^(\d+)\s*(?:天|日|个?工作日|个?自然日)?$"
_LIMIT = re.compile("时限|承诺|法定")
_OTHER_UNIT = re.compile(r"小时|分钟|个月|月数|周数|[（(][月周]|hour|minute|month|week", re.IGNORECASE)
PLAIN = ("name", "region", "industry", "applicant", "credit_code", "agent", "investment", "ended_on")
_PROCEDURE = ("procedure_started", "procedure_ended")
OF_CASE = ("works_code", "item_code", "item_name")


@dataclass
class Suggested:
    """The text of a profile, and doubts: what a person should look at, each with the key it is about."""

    text: str
    doubts: list[tuple[str, str]] = field(default_factory=list)


def suggest(paths: Iterable[Path], profile_id: str, secret: SecretList | None = None) -> Suggested:
    """A profile for tables of one layout; raises FileRefused when there is nothing that could be a table. Nothing is
    said of projects that are marked as secret or that ``secret`` lists."""
    listed = secret or SecretList()
    with withholding(Secrets(listed)):
        grids, _ignored = sources(paths, FileForm())
        looked = [found for grid in grids if (found := look(grid, listed)) is not None and found.rows]
    if not looked:
        raise FileRefused(str(next(iter(grids)).name if grids else ""), "empty")
    best = max(looked, key=lambda one: (one.score, one.rows))
    alike = [one for one in looked if {plain(c.name) for c in best.columns} == {plain(c.name) for c in one.columns}]
    for one in alike:
        if one is not best:
            best.add(one)
    return _Writer(best, alike, looked, profile_id).written()


class _Writer(Proposal):
    def __init__(self, best: Looked, alike: list[Looked], looked: list[Looked], profile_id: str) -> None:
        super().__init__(best)
        self.alike, self.looked, self.id = alike, looked, profile_id

    def written(self) -> Suggested:
        logged = self._is_log()
        self.lines += [
            f"id = {quoted(self.id)}",
            f"title = {quoted(Path(self.best.grid.name).stem)}",
            'form = "table"',
            f'dates = "{self.order}"',
        ]
        if not self.order_sure:
            self.doubt("dates", _("every date could be read in two ways; dmy: the day first, mdy: the month first"))
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
                self.doubt("projects.secret", told.format(column=column.name))
            elif column.name not in self.used and _looks_like_limit(column):
                told = _("{column} may be a limit and is not mapped; is it promised, or set by law?")
                self.doubt("cases", told.format(column=column.name))
            elif column.name not in self.used and column.texts:
                self.lines.append("# " + _("not used: {column}").format(column=column.name))
        return Suggested("\n".join(map(_on_one_line, self.lines)) + "\n", self.doubts)

    def _is_log(self) -> bool:
        """One row for each thing that happened: a column of what, one of when, and cases that come again."""
        status, when = self.best.of("log.status"), self.best.of("log.occurred_at")
        if status is None or when is None or any(c.role.startswith("days.") for c in self.best.columns):
            return False
        return any(meaning(text, "record", "status") for text in status.texts)

    def _file(self) -> None:
        self.lines += ["", "[file]"]
        if self.best.grid.encoding == "xlsx":
            self._sheets()
        elif self.best.grid.encoding != "utf-8":
            told = _("it is read as {encoding}; look whether the texts are right").format(
                encoding=self.best.grid.encoding
            )
            self.doubt("file.encoding", told)
        if len(self.best.header_rows) > 1:
            self.lines.append(f"header_rows = {list(self.best.header_rows)}")
            self.doubt("file.header_rows", _("the header is taken to be two rows; each column goes by its lower name"))
        if self.best.totals:
            self._totals()
        code = self.best.of("projects.project_code")
        if code is not None and 0 < code.blank < self.best.rows:
            down = [c.name for c in self.best.columns if c.role.startswith("projects.") and c.blank > 0]
            self.lines.append(f"fill_down = [{', '.join(map(quoted, down))}]")
            told = _("{n} rows have no project code; they are taken to belong to the project above")
            self.doubt("file.fill_down", told.format(n=code.blank))

    def _sheets(self) -> None:
        seen = [one for one in self.alike if not one.grid.hidden] or self.alike
        names, others = ([one.grid.sheet for one in self.looked if (one in seen) == meant] for meant in (True, False))
        patterns = dict.fromkeys(_any_year(name, others) for name in names)
        self.lines.append(f"sheets = [{', '.join(map(quoted, patterns))}]")
        for one in self.looked:
            if one.grid.hidden:
                read = (
                    _("a hidden sheet, which is read: {sheet}")
                    if one in seen
                    else _("a hidden sheet, passed over: {sheet}")
                )
                self.doubt("file.sheets", read.format(sheet=one.grid.name))
            elif one not in self.alike:
                self.doubt("file.sheets", _("another layout, passed over: {sheet}").format(sheet=one.grid.name))

    def _totals(self) -> None:
        counted = {
            name: Counter(pattern for text in texts if (pattern := total_of(text)))
            for name, texts in self.best.totals.items()
        }
        listed = [f"{quoted(name)} = [{', '.join(map(quoted, found))}]" for name, found in counted.items()]
        self.lines.append(f"totals = {{ {', '.join(listed)} }}")
        told = _("rows with {pattern} under {column} and without project or case are taken for totals ({n} of them)")
        for name, found in counted.items():
            for pattern, n in found.items():
                self.doubt("file.totals", told.format(pattern=pattern, column=name, n=n))

    def _projects(self, logged: bool) -> None:
        self.lines += ["", "[projects]"]
        self.column("projects", "project_code", _("no column is like a project code; give its name"))
        for name in PLAIN:
            self.if_there("projects", name)
        self.worded("projects.kind", "kind", "kind")
        if (secrecy := self.best.of("projects.secret")) is not None:
            self.not_sure("projects.secret", secrecy)
            self.put("secret", secrecy)
        coded = self.best.of("projects.coded_on")
        if coded is not None and coded.dated(self.order, self.serials) >= MOSTLY:
            self.put("coded_on", coded)
            return
        first = self.best.of("log.occurred_at") if logged else None
        first = first or self.best.of("days.received") or self.best.of("days.accepted")
        if first is None:
            self.lacking("projects.coded_on", _("no column tells the day of coding; give its name"))
            return
        told = _(
            "no column tells the day of coding; the first day of the project in the file is taken instead, and a later "
            "file never makes it later"
        )
        self.doubt("projects.coded_on", told)
        self.lines.append(f'coded_on = {{ column = {quoted(first.name)}, take = "earliest" }}')

    def _cases(self) -> None:
        self.lines += ["", "[cases]"]
        case, code, item = (
            self.best.of(role) for role in ("cases.case_id", "projects.project_code", "cases.item_name")
        )
        if case is None and code is not None and item is None and max(code.texts.values(), default=0) == 1:
            self.doubt("cases.case_id", _("no column is like the number of a case; every project is one case"))
            self.put("case_id", code)
        elif case is not None or code is None or item is None:
            self.column("cases", "case_id", _("no column is like the number of a case; give its name"))
        else:
            self.doubt(
                "cases.case_id", _("no column is like the number of a case; project and item are taken together")
            )
            self.lines.append(f'case_id = {{ join = [{quoted(code.name)}, {quoted(item.name)}], with = "-" }}')
        for name in OF_CASE:
            self.if_there("cases", name)
        self._stage(item)
        self.column("cases", "department", _("no column is like a department; give its name"))
        for name in ("promised_days", "statutory_days"):
            if (column := self.best.of(f"cases.{name}")) is not None:
                self._limit(name, column)

    def _limit(self, name: str, column: Seen) -> None:
        """A limit in days, whose unit stands in its texts or in the header."""
        key, days = f"cases.{name}", re.compile(_DAYS)
        if _OTHER_UNIT.search(column.name):
            told = _("{column} is not in days, and limits are not converted; it is left out")
            self.lacking(key, told.format(column=column.name))
            return
        self.not_sure(key, column)
        unread = [text for text in column.texts if not days.match(text)]
        if unread:
            told = _("texts under {column} that are no days: {texts}; they will be refused")
            self.doubt(key, told.format(column=column.name, texts=", ".join(unread[:10])))
        self.put(name, column, f"pattern = '{_DAYS}', unfit = \"refuse\"")
        unit = name.replace("_days", "_unit")
        if "自然日" in column.name:
            self.lines.append(f'{unit} = {{ value = "natural_day" }}')
        elif any(text.endswith(("自然日", "工作日")) for text in column.texts):
            units = 'words = { "*自然日" = "natural_day", "*工作日" = "working_day" }, otherwise = ""'
            self.put(unit, column, units)

    def _stage(self, item: Seen | None) -> None:
        if self.best.of("cases.stage") is not None:
            self.worded("cases.stage", "stage", "stage")
        elif item is not None:
            known = {text: stage_of_item(text) or _word(text, "stage") for text in item.texts}
            told = [f"{quoted(escape(t))} = {quoted(w)}" for t, w in known.items() if w][:MOST_WORDS]
            unknown = [text for text, word in known.items() if not word]
            self.doubt("cases.stage", _("no column tells the stage; it is told from the item by the catalogue"))
            self.lines += [f'# {quoted(text)} = "?"' for text in unknown[:MOST_WORDS]]
            self.lines.append(f"stage = {{ column = {quoted(item.name)}, words = {{ {', '.join(told)} }} }}")
        else:
            self.doubt("cases.stage", _("no column tells the stage; every case is taken as parallel"))
            self.lines.append('stage = { value = "parallel" }')

    def _events(self) -> None:
        result = self.best.of("other.result")
        known = [c for c in self.best.columns if c.role.startswith("days.")]
        for column in known:
            name = column.role.partition(".")[2]
            part = column.dated(self.order, self.serials)
            if part < MOSTLY and column.texts:
                told = _("only {part:.0%} of the texts under {column} are dates").format(part=part, column=column.name)
                self.doubt(f"events.{name}", told)
            self.not_sure(f"events.{name}", column)
            self.lines += ["", "[[events]]", f'name = "{name}"', f"occurred_at = {quoted(column.name)}"]
            self.used.add(column.name)
            if name == "decided":
                self._decision(result)
            else:
                self.lines.append(f'status = "{name}"')
            if name in _PROCEDURE:
                self._procedure(sum(column.texts.values()))
        if not known:
            self.doubt("events", _("no column of dates is like an event; add [[events]]"))
        unused = [column for column in self.best.columns if column.name not in self.used]
        dated = [column.name for column in unused if column.dated(self.order, self.serials) >= MOSTLY]
        if known and self.best.of("days.decided") is None:
            told = _("no column tells the day of the decision; every case stays open")
            if dated:  # one of them may be it: refused until somebody says so, for an open case goes on to red
                self.lines += ["", "[[events]]", 'name = "decided"', '# occurred_at = "?"']
                self._decision(result)
                told = _("no column is known to tell the day of the decision; give its name, or take the event out")
            self.doubt("events.decided", told)
        for name in dated:
            told = _("{column} holds dates; say which event they tell, or leave it out")
            self.doubt("events", told.format(column=name))

    def _decision(self, result: Seen | None) -> None:
        if result is not None:
            self.worded("other.result", "status", "status")
        else:
            self.lines.append('status = "approved"')
            self.doubt("events.decided", _("no column tells the result; every decision is taken as approved"))

    def _records(self) -> None:
        self.lines += ["", "[[events]]", 'name = "record"', 'missing = "refuse"']
        when, own = self.best.of("log.occurred_at"), self.best.of("log.event_id")
        case, status = self.best.of("cases.case_id"), self.best.of("log.status")
        if own is not None:
            self.put("event_id", own)
        elif case is not None and status is not None and when is not None:
            self.doubt("events.event_id", _("records have no number; case, status and day are taken together"))
            names = ", ".join(quoted(c.name) for c in (case, status, when))
            self.lines.append(f'event_id = {{ join = [{names}], with = "#" }}')
        if when is not None:
            self.put("occurred_at", when)
        if status is None:
            return
        self._steps(status)
        if told := sum(n for text, n in status.texts.items() if _means_procedure(text)):
            self._procedure(told)

    def _steps(self, status: Seen) -> None:
        several, alone = unsettled(status.texts)
        if several:
            told = _(
                "{words} under {column} may be results of steps on the way; give the decision its meaning, and pass "
                "the others over by file.skip"
            )
            self.doubt("status.words", told.format(words=", ".join(several[:10]), column=status.name))
        for text in alone[:MOST_WORDS]:
            told = _("{text} under {column} is taken for the decision; a step on the way is passed over by file.skip")
            self.doubt("status.words", told.format(text=text, column=status.name))
        self.worded("log.status", "status", "record", "status", left=several)

    def _procedure(self, told: int) -> None:
        """The kind of special procedures of which so many starts or ends are ``told``: without it the clock runs on."""
        column = self.best.of("other.procedure")
        if column is None:
            text = _("no column tells the kind of the special procedures; the clock does not stop for them")
            self.doubt("events.procedure", text)
            return
        self.not_sure("events.procedure", column)
        self.worded("other.procedure", "procedure", "procedure")
        if (blank := told - sum(column.texts.values())) > 0:
            text = _(
                "{n} starts or ends of special procedures have no kind under {column}; the clock does not stop there"
            )
            self.doubt("events.procedure", text.format(n=blank, column=column.name))


def _looks_like_limit(column: Seen) -> bool:
    days = sum(n for text, n in column.texts.items() if re.match(_DAYS, text))
    return days > 0 and _LIMIT.search(column.name) is not None and _OTHER_UNIT.search(column.name) is None


def _means_procedure(text: str) -> bool:
    found = meaning(text, "record")
    return found is not None and found.word in _PROCEDURE


def _word(text: str, of: str) -> str:
    found = meaning(text, of)
    return found.word if found else ""


def _any_year(sheet: str, others: Iterable[str]) -> str:
    """The name of a sheet with any year in place of its own: there will be one of the next; not where that would mean
    one of the ``others``."""
    pattern = _YEAR.sub("20??", escape(sheet))
    return escape(sheet) if any(fnmatchcase(other.strip(), pattern) for other in others) else pattern


def _on_one_line(line: str) -> str:
    """A line as it may stand in TOML: a header may hold line breaks and stranger things, in comments too."""
    return "".join(letter if letter.isprintable() else " " for letter in line)
