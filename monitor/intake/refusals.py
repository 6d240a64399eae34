"""What cannot be taken in, told so that a person can mend it: file, row, column, value, reason, what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from monitor.text import N_, _
from rules.workdays import FIRST, LAST

LONGEST_SHOWN = 200  # of a value, in messages

MOST_COLUMNS = 1_000
_DATES = N_("a date such as 2026-03-02, or a moment such as 2026-03-02T09:30:00+08:00")

# code: (reason, what is allowed). Values are put in after translation.
REASONS: dict[str, tuple[str, str]] = {
    "required": (N_("is blank, and must not be"), ""),
    "word": (N_("is not a known word"), N_("one of: {words}")),
    "date": (N_("is not a date, or there is no such day"), _DATES),
    "told_date": (
        N_("is not a date, or it could be another day as well"),
        N_(
            "a date such as 2026-03-02, 2026年3月2日, 2026/3/2, 20260302 or 2-Mar-26, with or without a time; "
            "where the year stands last the profile says by `dates` which of dmy and mdy is meant (it is {order})"
        ),
    ),
    "date_range": (N_("is out of range"), N_("a date from {first} to {last}")),
    "whole": (N_("is not a whole number that can be"), N_("a whole number from {least} to {most}")),
    "amount": (
        N_("is not an amount that can be"),
        N_("a number of 万元 below 1,000,000,000, with six decimals at most"),
    ),
    "long": (N_("is too long"), N_("at most {most} characters")),
    "exact": (
        N_("was kept by the workbook as a number, and its last digits are lost"),
        N_("the same value in a cell formatted as text"),
    ),
    "error_cell": (
        N_("is an error of the workbook in place of a value"),
        N_("a value: mend the formula of the cell, or type the value in"),
    ),
    "merged": (
        N_("stands in a merged cell beside this column, and whether it is meant here as well cannot be known"),
        N_("a value in each of the cells: take the merging across columns back"),
    ),
    "uncalculated": (
        N_("is a formula that was never calculated"),
        N_("a value: open the workbook and save it once with the program it was made for, or type the value in"),
    ),
    "no_letter": (
        N_("holds a code that is no letter, such as NUL (shown as ␀)"),
        N_("a text; type the value in again"),
    ),
    "unfit": (N_("is not of the form that the profile wants"), N_("a text that fits {pattern}")),
    "under_way": (
        N_("says that nothing was decided yet, and there is a day of the decision"),
        N_("the word of a decision, or no day"),
    ),
    "beside": (
        N_("waits: {wrong} in the same row cannot be taken in, and a row comes in whole"),
        N_("the same row with {wrong} mended"),
    ),
    "fields": (N_("has {n} fields"), N_("{m} fields, as in the header")),
    "needs": (N_("needs a value in column {other}"), ""),
    "unknown_project": (N_("names a project that is not known"), N_("a project_code of this import or an earlier one")),
    "unknown_case": (
        N_("names a case that is not known"),
        N_("a case_id of this import or an earlier one of the same source"),
    ),
    "unknown_event": (
        N_("names an event that is not known"),
        N_("an event_id of this import or an earlier one of the same source"),
    ),
    "foreign_project": (
        N_("names a project that is not known"),
        N_("a project_code of this import or an earlier one"),
    ),
    "foreign_case": (
        N_("names a case that is not known"),
        N_("a case_id of this import or an earlier one of the same source"),
    ),
    "region_not_yours": (N_("is of a region for which this token may not write"), N_("begins with: {regions}")),
    "not_to_confirm": (
        N_("confirms a late stop, which only a supervisor does"),
        N_("blank; `approval-monitor confirm` confirms with evidence"),
    ),
    "foreign_event": (N_("names an event of another project"), N_("an event of the same project")),
    "shared_works": (N_("is a works that several projects claim: {known}"), N_("a works of one project")),
    "several_projects": (
        N_("has records of works of several projects: {known}"),
        N_("a case whose records name works of one project"),
    ),
    "moved_case": (
        N_("puts the case into another project; it is known with {known}"),
        N_("the project it is known with"),
    ),
    "other_content": (
        N_("is used again with other content: {column} is known as {known}, and here it is {told}"),
        N_("a new id; to correct a record, void it and send a new one"),
    ),
    "other_content_of_list": (
        N_("is used again with other content: {column} is known as {known}, and here it is {told}"),
        N_(
            'the same content; a list that is edited in place says so in its profile, by edits = "replace" under '
            "[file]; what an earlier import told wrongly is taken back by approval-monitor undo"
        ),
    ),
    "gone": (
        N_("is blank, and the event {event} of this case is known on {known}"),
        N_(
            'the day that is known; a list that is edited in place says so in its profile, by edits = "replace" under '
            "[file]; what an earlier import told wrongly is taken back by approval-monitor undo"
        ),
    ),
    "twice": (
        N_("stands twice in this import with different content: {column} is {known} in {where} and {told} here"),
        N_("each id once, or the same content"),
    ),
    "secret": (
        N_("belongs to a secret project; secret projects are not taken in, and nothing of the row was kept"),
        "",
    ),
    # Of remarks: the row is taken all the same.
    "project_code_form": (
        N_("is no project code: neither YYMM-RRRRRR-DD-TT-NNNNNC nor, up to 2020, YYYY-RRRRRR-II-TT-NNNNNN"),
        "",
    ),
    "project_code_check": (N_("does not agree with its check digit, the last one: one digit at least is wrong"), ""),
    "credit_code_form": (N_("is no unified social credit code: 18 digits and letters, without I, O, S, V and Z"), ""),
    "credit_code_check": (
        N_("does not agree with its check character, the last one: one character at least is wrong"),
        "",
    ),
    "kept_day": (
        N_("is the earliest day in this file, later than the day of coding that is known ({known}), which is kept"),
        "",
    ),
    "to_come": (N_("is still to come: it is taken, and counts from that day on"), ""),
    "region_unknown": (N_("is no area code of {list}"), ""),
    "industry_unknown": (N_("is no industry of {list}"), ""),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why one row was refused; of a row of a secret project nothing but its number is kept.

    ``key``: by which a row of a database's table is found (blank: of a secret project); its number only tells rows of
    one reading apart.
    """

    file: str
    sha256: str
    row: int
    code: str
    column: str = ""
    value: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    at: int | None = None  # its row in the table that was taken in, where that is not the ``row`` of the file

    @property
    def place(self) -> int:
        """Its row in the table that was taken in."""
        return self.row if self.at is None else self.at

    @property
    def keyed(self) -> bool:
        """Whether the row is one of a database's table."""
        return self.key is not None

    @property
    def _texts(self) -> tuple[str, str]:
        """What is allowed of a list that a profile maps is not what a canonical file may do."""
        return REASONS[self.code + self.params.get("told_by", "")]

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        params = dict(self.params)
        if isinstance(params.get("where", ""), list | tuple):  # the other row: (file, row), or of a database the table
            file, row = params["where"]
            params["where"] = _("{file}, row {row}").format(file=file, row=row)
        return _(self._texts[0]).format(**params)

    @property
    def allowed(self) -> str:
        """What may stand there, in the reader's language."""
        params = {"first": FIRST.isoformat(), "last": LAST.isoformat()} | self.params
        return _(self._texts[1]).format(**params)

    def document(self) -> dict[str, Any]:
        """The refusal as JSON wants it."""
        return {
            "file": self.file,
            "row": None if self.keyed else self.row,
            "key": self.key or None,
            "column": self.column or None,
            "value": shorten(self.value) if self.column else None,
            "code": self.code,
            "reason": self.reason,
            "allowed": self.allowed or None,
        }

    def __str__(self) -> str:
        if self.key == "":
            text = _("{file}: {reason}")
        elif self.keyed:
            text = _("{file}, {key}: {column} '{value}' {reason}") if self.column else _("{file}, {key}: {reason}")
        elif self.column:
            text = _("{file}, row {row}: {column} '{value}' {reason}")
        else:
            text = _("{file}, row {row}: {reason}")
        values = {"file": self.file, "row": self.row, "column": self.column, "value": shorten(self.value)}
        values["key"] = self.key or ""
        allowed = _("; allowed: {allowed}").format(allowed=self.allowed) if self.allowed else ""
        return text.format(reason=self.reason, **values) + allowed


def shorten(value: str, most: int = LONGEST_SHOWN) -> str:
    """The beginning of a long value."""
    return value if len(value) <= most else value[:most] + "…"


_FILES: dict[str, str] = {
    "missing": N_("there is no such file or folder"),
    "outside": N_(
        "speaks of projects that are not yours to write of ({detail}); allowed: projects whose area code begins with "
        "{columns}"
    ),
    "shared_source": N_(
        "is told for the source {detail}, for which others send as well; allowed: a source of your own"
    ),
    "unreadable": N_("cannot be read: {detail}"),
    "empty": N_("is empty"),
    "nothing": N_("holds none of projects, cases, events; name the files projects.csv, cases.csv, events.csv"),
    "several": N_("holds the files of several sources; take in its folders one by one, each with its --source"),
    "name": N_(
        "does not say by its name what is in it; allowed: a folder, .zip, .xlsx, or projects.csv, cases.csv, events.csv"
    ),
    "not_csv": N_("is not a CSV text but {detail}; save it as CSV in UTF-8"),
    "not_xlsx": N_("is not an XLSX workbook, or a broken one, or is protected with a password"),
    "not_zip": N_("is not a ZIP archive, or a broken one"),
    "encrypted": N_("is protected with a password; take the protection off"),
    "unpacked": N_("would unpack to {detail}; allowed: at most {columns}"),
    "reach": N_(
        "has cells as far as {detail} rows and columns; allowed: at most {columns} in all. Delete the stray cells, or "
        "save the sheet as CSV"
    ),
    "long_line": N_("has a line of more than {detail} MB: a quotation mark does not close, or it is no table"),
    "mixed": N_("is UTF-8 in line {detail} and in another encoding elsewhere; save all of it as CSV in UTF-8"),
    "encoding": N_("is no text in {detail}; save it as CSV in UTF-8"),
    "quotes": N_(
        "has a quotation mark that does not close or stands within a cell, or a cell without end; allowed: quotation "
        "marks around whole cells, and doubled within them"
    ),
    "separator": N_("has no commas in its header; separate the columns with commas"),
    "unknown_column": N_("has an unknown column {detail}; allowed: {columns}"),
    "missing_column": N_("lacks the column {detail}"),
    "double_column": N_("has the column {detail} twice"),
    "no_header": N_("has no header; the first row must name the columns: {columns}"),
    "changed": N_("changed while it was being read"),
    "wide": N_("has {detail} columns; allowed: at most 1,000"),
    "kind": N_("is of no kind that this profile reads; allowed: {columns}"),
    "no_sheet": N_("has no sheet that the profile means ({detail}); there are: {columns}"),
    "no_source_column": N_("lacks the column {detail}, which the profile needs; there are: {columns}"),
    "no_source_columns": N_("lacks the columns {detail}, which the profile needs; there are: {columns}"),
    "xml": N_("is not an XES log: {detail}"),
    "entities": N_("declares a DOCTYPE or entities, which no log needs; take them out"),
}


class Spot(NamedTuple):
    """One cell. ``row``: from 1, as a person counts them; ``at``: place in it, from 0; ``record``: the cells of it."""

    row: int
    at: int
    heading: str
    value: str
    record: Sequence[str]

    @property
    def column(self) -> str:
        """Its heading, or its number where it has none, in the reader's language."""
        return self.heading or _("column {n}").format(n=self.at + 1)


class FileRefused(Exception):
    """A whole file that cannot be taken in. ``spot``: the cell that shows it."""

    def __init__(self, file: str, code: str, detail: str = "", columns: str = "", spot: Spot | None = None) -> None:
        self.file, self.code, self.detail, self.columns, self.spot = file, code, detail, columns, spot
        super().__init__(f"{file}: {code} {detail}".strip())

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        detail = _(self.detail) if self.code == "not_csv" else shorten(self.detail)
        return _(_FILES[self.code]).format(detail=detail, columns=self.columns)

    def __str__(self) -> str:
        if self.spot is None:
            return _("{file}: {reason}").format(file=self.file, reason=self.reason)
        told = _("{file}: {reason}; seen in row {row}, {column}: '{value}'")
        seen = {"row": self.spot.row, "column": self.spot.column, "value": shorten(self.spot.value)}
        return told.format(file=self.file, reason=self.reason, **seen)

    def document(self) -> dict[str, Any]:
        """The refusal as JSON wants it, in the shape of a row's."""
        column = shorten(self.detail) if self.code.endswith(("column", "columns")) else None
        if self.spot is not None:
            column = shorten(self.spot.column)
        return {
            "file": self.file,
            "row": self.spot and self.spot.row,
            "key": None,
            "column": column,
            "value": self.spot and shorten(self.spot.value),
            "code": self.code,
            "reason": self.reason,
            "allowed": self.columns or None,
        }
