"""Files as nobody would write them: never a traceback, and every refusal names row, column, value, reason.

What a cell said is read back here with the csv module alone. In the thorough profile of hypothesis these run long.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.database import Database
from monitor.intake import TABLES, Canonical, FileRefused, Refusal, read_canonical
from monitor.intake.formulas import unguarded
from monitor.intake.refusals import REASONS
from monitor.text import use_language
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, ZONE, csv_text, everything, take
from tests.monitor.sweeping import RULES

Cells = dict[str, list[list[str]]]  # by table the rows of a file, the header first
PLAIN = {"projects": [PROJECT], "cases": [CASE], "events": list(EVENTS)}
COLUMNS = {table: [column.name for column in columns] for table, columns in TABLES.items()}
KNOWN = [
    *("P1", "C1", "E1", "E2", "accepted", "3", "15", "voided", "extended", "initiation", "agency", "hearing", "5", "0"),
    *("2026-03-02", "2026-03-02T23:59:59+14:00", "2026-02-30", "0000-00-00", "2026-03-02T25:00", "working_day", "1.5"),
    *(
        "=1+1",
        "'=1",
        "@x",
        "-",
        "+8",
        "堃喆",
        "𠀀",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x1f",
        " ",
        "\t",
        "\ufdd0",
        "\r",
        "\n",
    ),
    *("9" * 30, "-1", "1e9", "NaN", "inf", "TRUE", "#N/A", "涉密", "secret", "filing", "zhejiang-80", "A" * 300, "é"),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
CELL = st.one_of(st.sampled_from(KNOWN), st.sampled_from(["P1", "C1", "E1", "2026-03-02", ""]), TEXT)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


def taken(*paths: Path) -> Canonical | FileRefused:
    """What comes of reading files; each refusal can be said in both languages, and names what it must."""
    try:
        found = read_canonical(paths, ZONE)
    except FileRefused as error:
        refused = error
        _sayable(str(refused.file), refused.__str__, refused.document)
        assert refused.code not in ("encoding", "mixed", "quotes", "long_line") or refused.spot
        return refused
    for refusal in found.refusals:
        assert refusal.code in REASONS
        assert refusal.row >= 2
        assert refusal.reason
        assert refusal.column in ("", *COLUMNS[_table(refusal)])
        _sayable(refusal.file, refusal.__str__, refusal.document)
    return found


def _table(refusal: Refusal) -> str:
    return Path(refusal.file).name.removesuffix(".csv")


def _sayable(file: str, said: Callable[[], str], document: Callable[[], dict[str, Any]]) -> None:
    for language in ("en", "zh_CN"):
        with use_language(language):
            assert file in said()
            assert len(said()) < 3_000
            assert document()["reason"]


@st.composite
def tables(draw: st.DrawFn) -> Cells:
    """The three tables with any columns beside the required ones, in any order, and any cells."""
    out: Cells = {}
    for table, columns in TABLES.items():
        required = [column.name for column in columns if column.required]
        others = draw(st.lists(st.sampled_from(COLUMNS[table]), unique=True, max_size=6))
        header = draw(st.permutations(list(dict.fromkeys([*required, *others]))))
        row = st.lists(CELL, min_size=len(header), max_size=len(header))
        good = [str(PLAIN[table][0].get(name, "")) for name in header]
        mixed = st.builds(lambda cells, keep, good=good: [g if k else c for c, g, k in zip(cells, good, keep)], row,
                          st.lists(st.booleans(), min_size=len(header), max_size=len(header)))  # fmt: skip
        ragged = st.lists(CELL, max_size=len(header) + 2)
        out[table] = [header, good, *draw(st.lists(st.one_of(mixed, mixed, row, ragged), max_size=6))]
    return out


def write_csv(folder: Path, told: Cells, encoding: str = "utf-8") -> Path:
    """The tables as CSV files with every field in quotes."""
    folder.mkdir(exist_ok=True)
    for table, rows in told.items():
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
        (folder / f"{table}.csv").write_bytes(text.getvalue().encode(encoding))
    return folder


@given(tables(), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_any_cells_under_good_headers(place: Path, told: Cells, encoding: str) -> None:
    found = taken(write_csv(place / "cells", told, encoding))
    if isinstance(found, FileRefused):
        # Of what was written only this cannot be told apart: no UTF-8, and in GB18030 some line that may be UTF-8.
        assert (found.code, encoding) == ("mixed", "gb18030")
        return
    for refusal in found.refusals:
        header, *rows = told[_table(refusal)]
        cells = rows[refusal.row - 2]
        if refusal.column and refusal.code != "secret":
            said = unguarded(cells[header.index(refusal.column)]).strip()
            assert refusal.value == re.sub("[\x00\ufdd0-\ufdef]", "␀", said)
    for table in TABLES:
        refused = {r.row for r in found.refusals if _table(r) == table}
        whole = {n for n, cells in enumerate(told[table][1:], 2) if any(cell.strip() for cell in cells)}
        rows_of = getattr(found, table)
        rows = rows_of.row
        assert refused.isdisjoint(rows)
        assert refused | set(rows) <= whole
        own = COLUMNS[table][0]
        at = told[table][0].index(own)
        ids = {
            n: re.sub("[\x00\ufdd0-\ufdef]", "␀", unguarded(told[table][n - 1][at])).strip()
            for n in whole
            if len(told[table][n - 1]) > at
        }
        again = {ids[n] for n in whole - refused - set(rows)}  # said the same as another row, taken or refused
        assert again <= set(getattr(rows_of, own)) | {ids[n] for n in refused if n in ids}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(), st.booleans())
def test_any_cells_into_a_database(database: Database, place: Path, told: Cells, partial: bool) -> None:
    """All the way: landed, judged, and taken back. The database is empty, so what lands is what was read without one,
    and what is refused is refused here."""
    before = everything(database)
    folder = write_csv(place / database.dialect, told)
    done = take(database, folder, dry_run=True, partial=partial, foresee=RULES, chunk=3)
    assert everything(database) == before
    found = taken(folder)
    assert isinstance(found, Canonical)
    assert {(_table(r), r.row) for r in done.refusals} == {(_table(r), r.row) for r in found.refusals}  # type: ignore[arg-type]
    good = {table: len(getattr(found, table)) for table in TABLES}
    if not found.refusals:
        assert done.outcome == "landed"
    else:
        assert done.outcome == ("partial" if partial else "refused")
    assert {table: count.added for table, count in done.counts.items()} == good
    assert (done.effect is None) == (done.outcome == "refused")


@given(st.binary(max_size=400), st.integers(0, 200), st.sampled_from(list(TABLES)))
def test_any_bytes_in_a_csv_file(place: Path, some: bytes, at: int, table: str) -> None:
    good = csv_text(PLAIN[table]).encode()
    for n, content in enumerate((some, good[:at] + some, good[:at] + some + good[at:], good + some)):
        (place / f"{n}").mkdir(exist_ok=True)
        (place / f"{n}" / f"{table}.csv").write_bytes(content)
        taken(place / f"{n}" / f"{table}.csv")


ODD_CELLS = st.one_of(
    CELL,
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**18), 10**18),
    st.booleans(),
    st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31)),
    st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
    st.times(),
    st.timedeltas(dt.timedelta(0), dt.timedelta(40)),
    st.sampled_from(["=1+1", "=NA()", '=HYPERLINK("http://x")', "=A1", "{=SUM(A1:A2)}"]).map(lambda f: ("formula", f)),
)


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A workbook of these cells: text as text, days and moments as Excel keeps them, formulas as formulas."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"created": dt.datetime(2026, 1, 1)})
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, tuple):
                    sheet.write_formula(r, c, value[1], None, "=1+1")
                elif isinstance(value, dt.date | dt.time | dt.timedelta):
                    sheet.write_datetime(r, c, value, day)
                else:
                    sheet.write(r, c, value)
    book.close()
    return out.getvalue()


@given(tables(), st.lists(st.lists(ODD_CELLS, min_size=1, max_size=8), max_size=6))
def test_odd_cells_in_a_workbook(place: Path, told: Cells, odd: list[list[Any]]) -> None:
    path = place / "odd.xlsx"
    for sheets in (told, {t: [*rows, *odd] for t, rows in told.items()}, {"projects": odd}):
        path.write_bytes(workbook(sheets))
        taken(path)


@given(st.data())
def test_broken_workbooks_and_archives(place: Path, data: st.DataObject) -> None:
    """Bytes changed, cut out or put in: in the file as it lies, and inside of its parts."""
    files = {f"{table}.csv": csv_text(rows).encode() for table, rows in PLAIN.items()}
    plain = {t: [list(rows[0]), *(list(r.values()) for r in rows)] for t, rows in PLAIN.items()}
    for name, whole in (("a.zip", packed(files)), ("a.xlsx", workbook(plain))):
        (place / name).write_bytes(changed(data, whole))
        taken(place / name)
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            parts = {member: archive.read(member) for member in archive.namelist()}
        victim = data.draw(st.sampled_from(sorted(parts)))
        parts[victim] = changed(data, parts[victim])
        (place / name).write_bytes(packed(parts))
        taken(place / name)


def packed(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # of no moment: the same again
    return out.getvalue()


def changed(data: st.DataObject, content: bytes) -> bytes:
    """The content with a stretch replaced by other bytes, some of them such as break XML."""
    start = data.draw(st.integers(0, len(content)))
    end = min(len(content), start + data.draw(st.integers(0, 40)))
    other = data.draw(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(
                [b"&x;", b"<", b"]]>", b'"', b"\x00", b"99999999999", b'r="XFD1048576"', b"<c><v>1</v></c>"]
            ),
        )
    )
    return content[:start] + other + content[end:]
