"""Values of any driver as texts, special procedures and their records, and whatever may stand in such tables."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.database import Database, integrity
from monitor.exchange.lines import moment, text
from monitor.exchange.procedures import Procedure, Step, paired
from monitor.exchange.tables import CASES, FIELDS, NAMES, PROCEDURES, PROJECTS, RECORDS
from rules.vocabulary import Status
from tests.monitor.exchange_tables import CASE, PROJECT, RECORDED, Front

START, END = Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ""),
        (" 陶喆 \x00", "陶喆"),
        (7, "7"),
        (7.0, "7"),
        (1200.5, "1200.5"),
        (Decimal("1200.500000"), "1200.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "NaN"),
        (dt.datetime(2026, 3, 4, 9, 30), "2026-03-04T09:30:00"),
        (dt.date(2026, 3, 4), "2026-03-04"),
        (b"abc", "abc"),
        ("涉密".encode("gb18030"), "涉密␀"),
        (b"\xff\xff", "␀␀"),
    ],
)
def test_a_value_as_a_file_would_say_it(value: Any, told: str) -> None:
    assert text(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2026-03-04 09:30:00.000000", "2026-03-04T09:30:00"),
        ("2026-03-04T09:30:00+08:00", "2026-03-04T09:30:00+08:00"),
        ("2026-03-04", "2026-03-04"),
        ("2026-03-04 00:00:00", "2026-03-04"),
        ("2026-03-04T00:00:00+08:00", "2026-03-04T00:00:00+08:00"),
        ("04/03/2026 09:30", "04/03/2026 09:30"),  # no ISO date: refused as it stands
        ("去年的三月四日上午九点半", "去年的三月四日上午九点半"),
    ],
)
def test_a_moment_is_written_in_one_way(value: str, told: str) -> None:
    assert moment(value) == told


def test_procedures_and_their_records() -> None:
    """Two at once: what began first ends first. A procedure is the start of its own day before any other."""
    steps = [
        Step("1", START, "2026-03-02"),
        Step("2", START, "2026-03-04T09:00:00"),
        Step("3", END, "2026-03-06"),
        Step("4", END, "2026-03-09"),
        Step("5", END, "2026-03-10"),
    ]
    own, next_one, lone = (
        Procedure("a", "2026-03-04 15:00:00"),
        Procedure("b", "2026-03-03"),
        Procedure("c", "2026-03-07"),
    )
    of, alone = paired(steps, [lone, own, next_one])
    assert of == {"1": next_one, "2": own, "3": next_one, "4": own, "5": lone}
    assert alone == [lone]


def test_an_end_before_any_start_is_of_no_kind() -> None:
    of, alone = paired([Step("1", END, "2026-03-01"), Step("2", START, "2026-03-02")], [])
    assert of == {"1": None, "2": None}
    assert alone == []


SOUND = {PROJECTS: PROJECT, CASES: CASE, RECORDS: RECORDED[1], PROCEDURES: {"lsh": "1", "spsxslbm": "C1", "tbcx": 8}}
SOUND = {name: {k: str(v) for k, v in row.items()} for name, row in SOUND.items()}
CELLS = st.one_of(
    st.none(),
    st.sampled_from(["P1", "P2", "C1", "C2", "B01", "自然资源", "2026-03-04", "2026-03-04 10:00:00", "听证", "0", "1"]),
    st.integers(-3, 20),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.binary(max_size=4),
    st.sampled_from(["=1+1", "\x00", "x" * 300, "1e9999", "9999-99-99", "0001-01-01", "2026-02-30 00:00", "堃\ud7ff"]),
)


@given(data=st.data())
def test_whatever_stands_in_the_tables_is_taken_or_refused_by_name(sqlite_file: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as given_folder:
        folder = Path(given_folder)
        shutil.copy(sqlite_file, folder / "monitor.db")
        raw = sqlite3.connect(folder / "front.db")
        for name in NAMES:
            raw.execute(f"CREATE TABLE {name} ({', '.join(FIELDS[name])})")  # columns that take anything
            cells = [st.one_of(st.just(SOUND[name].get(field)), CELLS) for field in FIELDS[name]]
            rows = data.draw(st.lists(st.tuples(*cells), max_size=6))
            raw.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(FIELDS[name]))})", rows)
        raw.commit()
        raw.close()
        database = Database(f"sqlite:///{folder}/monitor.db")
        front = Front(f"sqlite:///{folder}/front.db")
        first = front.pull(database, partial=True)
        for refusal in first.refusals:
            assert refusal.file in NAMES
            assert refusal.column in FIELDS[refusal.file] or "." in refusal.column
            assert refusal.reason
        again = front.pull(database, partial=True, whole=True)
        assert [again.counts[table].added + again.counts[table].changed for table in again.counts] == [0, 0, 0]
        assert integrity(database) == []
        front.close()
        database.close()
