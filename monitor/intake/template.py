"""The template: an XLSX with the three canonical sheets, notes on every header, lists to choose from, and a
sheet of instructions in the reader's language. What it asks for comes from `columns`, so it cannot differ
from what is taken in."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from monitor.intake.columns import ORDER, TABLES, Column, Kind, TableName
from monitor.intake.hints import hint
from monitor.looks import TOKENS
from monitor.text import N_, _

ROWS = 5_000  # rows that are prepared with lists and formats; more can be filled in all the same
INSTRUCTIONS, LISTS = N_("Instructions"), "lists"
_LIST_LENGTH = 255  # a list inside a validation may not be longer, so longer ones lie on a hidden sheet
_SHEETS = {
    "projects": N_("One row a project"),
    "cases": N_("One row for each approval item that is handled for a project"),
    "events": N_("One row for everything that happened to a case, in any order"),
}
_STEPS = (
    N_("Fill in the sheets projects, cases and events. Keep their names and the first row; the order of rows is free."),
    N_("Columns with a dark header must be filled in, the others may stay empty. No other columns may be added."),
    N_("Dates are written 2026-03-02, moments 2026-03-02T09:30:00+08:00."),
    N_("Never enter a secret project: it is refused, and nothing of it is kept."),
    N_("Then run: approval-monitor import FILE"),
)
_KINDS = {
    Kind.KEY: N_("text"),
    Kind.TEXT: N_("text"),
    Kind.DAY: N_("date"),
    Kind.MOMENT: N_("date or moment"),
    Kind.WORD: N_("one of the words in the list"),
    Kind.WORDS: N_("words of the list, with ; between them"),
    Kind.WHOLE: N_("whole number"),
    Kind.AMOUNT: N_("number"),
}


def template_bytes() -> bytes:
    """The workbook."""
    out, look = io.BytesIO(), TOKENS["light"]
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "required": book.add_format(
            {"bold": True, "bg_color": look["ink"], "font_color": look["surface"], "border": 1}
        ),
        "optional": book.add_format({"bold": True, "bg_color": look["tint"], "border": 1}),
        "text": book.add_format({"num_format": "@"}),
        "number": book.add_format({"num_format": "General"}),
    }
    _instructions(book.add_worksheet(_(INSTRUCTIONS)), formats)
    sheets = {table: book.add_worksheet(table) for table in ORDER}
    lists = _Lists(book.add_worksheet(LISTS))
    for table, sheet in sheets.items():
        _sheet(sheet, table, formats, lists)
    lists.sheet.hide()
    book.close()
    return out.getvalue()


class _Lists:
    """The words to choose from, a column each, on a hidden sheet."""

    def __init__(self, sheet: Any) -> None:
        self.sheet, self.columns = sheet, 0

    def source(self, words: list[str]) -> list[str] | str:
        """What a validation takes as its list."""
        if len(",".join(words)) <= _LIST_LENGTH:
            return words
        column = xl_col_to_name(self.columns)
        self.sheet.write_column(0, self.columns, words)
        self.columns += 1
        return f"={LISTS}!${column}$1:${column}${len(words)}"


def _sheet(sheet: Any, table: TableName, formats: dict[str, Any], lists: _Lists) -> None:
    sheet.freeze_panes(1, 1)
    for at, column in enumerate(TABLES[table]):
        # Formatted as text, so that no program turns a code into a number or a date into another one.
        kind = "number" if column.kind in (Kind.WHOLE, Kind.AMOUNT) else "text"
        sheet.set_column(at, at, max(12, len(column.name) + 3), formats[kind])
        sheet.write_string(0, at, column.name, formats["required" if column.required else "optional"])
        sheet.write_comment(0, at, _note(column), {"x_scale": 2.4, "y_scale": 1 + len(column.words) / 4})
        if column.words:
            words = [word.name.lower() for word in column.words]
            sheet.data_validation(
                *(1, at, ROWS, at),
                {
                    "validate": "list",
                    "source": lists.source(words),
                    # A national code is good too, and `import` says what is not.
                    "error_type": "warning",
                    "error_title": column.name,
                    "error_message": _("Choose one of the list."),
                },
            )


def _note(column: Column) -> str:
    must = _("required") if column.required else _("may stay empty")
    text = f"{_(column.note)}\n({_(_KINDS[column.kind])}; {must})"
    return "\n".join([text, *map(hint, column.words)])


def _instructions(sheet: Any, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 90, formats["wrap"])
    sheet.write_string(0, 0, _("Approval monitor: canonical files"), formats["title"])
    row = 2
    for n, step in enumerate(_STEPS, 1):
        sheet.write_string(row, 0, f"{n}. {_(step)}")
        row += 1
    for table in ORDER:
        row += 1
        sheet.write_string(row, 0, table, formats["bold"])
        sheet.write_string(row, 2, _(_SHEETS[table]))
        row += 1
        for column in TABLES[table]:
            sheet.write_string(row, 0, column.name, formats["required" if column.required else "optional"])
            sheet.write_string(row, 1, _(_KINDS[column.kind]))
            sheet.write_string(row, 2, _note(column), formats["wrap"])
            row += 1
