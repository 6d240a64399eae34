"""pull and export-spgl as commands, and on the timetable: exit codes, words, documents, and never a password."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from monitor.doors.cli.refusing import problem_line
from monitor.doors.scheduler import fetch, run_entry, timetable
from monitor.exchange import ProfileError, exchange_profile, portions, terms
from monitor.exchange.tables import CASES, PROJECTS, RECORDS
from monitor.settings import Settings, now
from monitor.text import use_language
from monitor.wiring import Monitor, monitor
from tests.monitor.canonical_files import rows
from tests.monitor.commands import Run, program, refused
from tests.monitor.exchange_tables import PROJECT, Front, at, record


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Front]:
    one = Front(f"sqlite:///{tmp_path}/front.db").make()
    yield one
    one.close()


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, sqlite_file: Path
) -> Iterator[Run]:
    shutil.copy(sqlite_file, tmp_path / "monitor.db")
    with program(monkeypatch, capsys, tmp_path, f"sqlite:///{tmp_path}/monitor.db") as call:
        yield call


def test_pulled_by_command(run: Run, source: Front) -> None:
    looked = run("pull", "--from", source.url, "--dry-run")
    assert (looked.code, looked.out) == (0, "")
    assert "Nothing was written (--dry-run); it would leave 1 project to assess again." in looked.err
    done = run("pull", "--from", source.url, "--profile", "spgl", "--source", "city")
    assert (done.code, done.out) == (0, ""), done.err
    for words in ("everything", "events: 3 new", "Batches landed: 1; 1 project to assess again."):
        assert words in done.err
    again = run("pull", MONITOR_PULL_FROM=source.url, MONITOR_PULL_SOURCE="city")
    assert (again.code, again.err.strip().splitlines()[-1]) == (
        0,
        "Everything was known already; nothing was changed.",
    )


def test_what_waits_of_the_tables_is_listed_by_its_key(run: Run, source: Front) -> None:
    """A project, its case and its records, of which nothing was taken back."""
    source.change(PROJECTS, "1", sbsj=at("1970-01-01"))
    source.add(RECORDS, record(9, 77, "2026-03-05"))
    assert run("pull", "--from", source.url, "--partial").code == 3
    ended = run("refused")
    assert (ended.code, ended.err) == (0, "6 rows wait.\n")
    for words in (
        f"{PROJECTS}, P1: sbsj '1970-01-01'",
        f"{CASES}, C1: ",
        f"{RECORDS}, 9: blzt '77' is not a known word",
    ):
        assert words in ended.out
    assert "taken back" not in ended.out


def test_wrong_rows_by_command(run: Run, source: Front) -> None:
    source.add(RECORDS, record(9, 77, "2026-03-05"))
    ended = run("pull", "--from", source.url)
    refused(
        ended, f"{RECORDS}, 9: blzt '77' is not a known word; allowed: one of: 1, 2,", "Refused; nothing was changed."
    )
    document = run("pull", "--from", source.url, "--partial", "--json")
    assert document.code == 3
    told = document.document
    assert (told["outcome"], told["refused"], told["batches"]) == ("partial", 1, [1])
    assert told["refusals"][0]["key"] == "9"
    assert told["refusals"][0]["row"] is None
    zh = run("pull", "--from", source.url, MONITOR_LANGUAGE="zh_CN")
    assert "SPGL_XMSPSXBLXXXXB，9：blzt" in zh.err


def test_a_dry_run_says_that_something_lands_before_what_is_refused(
    run: Run, source: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "WORKS", 1)
    source.add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P2", "gcdm": "P2"})
    source.add(RECORDS, record(10, 77, "2026-03-05", case="C2", works="P2"))
    refused(
        run("pull", "--from", source.url, "--dry-run"),
        f"{RECORDS}, 10: blzt '77' is not a known word",
        "nothing was written (--dry-run). What comes before the refused portion would land.",
    )


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("pull",), "MONITOR_PULL_FROM", 2),
        (("pull", "--from", "sqlite:///x.db", "--source", " "), "must not be blank", 2),
        (("pull", "--from", "nonsense"), "postgresql://user:password@host/name", 1),
        (("pull", "--from", "spanner://u:secret@h/d"), "needs a driver", 1),
        (("pull", "--from", "postgresql://u:secret@127.0.0.1:9/d?connect_timeout=2"), "cannot be read", 1),
        (("pull", "--from", "sqlite:///empty.db"), "is not there", 1),
        (("pull", "--from", "sqlite:///empty.db", "--profile", "no.toml"), "no.toml", 1),
        (("export-spgl",), "--out", 2),
        (("export-spgl", "--to", "sqlite:///no/such/folder/x.db"), "cannot be written", 1),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: tuple[str, ...], said: str, code: int) -> None:
    ended = run(*words)
    refused(ended, said, code=code)
    assert "secret" not in ended.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('9 = "procedure_started"', '9 = "voided"', "statuses.9 is 'voided'"),
        ("overlap_days = 3", "overlap_days = -3", "overlap_days is -3"),
        ('otherwise = ""', 'otherwise = "later"', "cases.otherwise is 'later'"),
        ('invalid = ["0",', "invalid = 0 #", "rows.invalid is 0"),
        ('valid = ["1",', 'valid = ["Ｎ",', "rows.valid is 'Ｎ'"),
        ("[kinds]", "colour = 1\n[kinds]", "cases.stages.colour is 1"),
        ("[cases.items]", '[cases.items]\n"X" = "Z99"', "cases.items.X is 'Z99'"),
        ('"听证" = "hearing"', '"听证" = "correction"', "procedures.names.听证 is 'correction'"),
        ("[rows]", "[rows", "TOML"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = Path(terms.__file__).with_name("spgl.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "own.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ProfileError) as refusal:
        exchange_profile(str(tmp_path / "own.toml"))
    with use_language("en"):
        assert said in problem_line(refusal.value)


def test_a_profile_is_refused_by_command(run: Run, source: Front, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('id = "own"\nform = "exchange"\n', "utf-8")
    refused(run("pull", "--from", source.url, "--profile", "own.toml"), "own.toml: rows is missing")


def test_written_by_command(run: Run, source: Front, tmp_path: Path) -> None:
    run("pull", "--from", source.url)
    done = run("export-spgl", "--out", "out", "--json")
    assert done.code == 0, done.err
    assert {table["table"]: table["rows"] for table in done.document["tables"]}[RECORDS] == 3
    assert len(list((tmp_path / "out").iterdir())) == 4
    assert run("export-spgl", "--to", f"sqlite:///{tmp_path}/back.db").code == 0
    assert run("pull", "--from", f"sqlite:///{tmp_path}/back.db").err.strip().endswith("nothing was changed.")


# ---- on the timetable


@pytest.fixture
def known(database_url: str, tmp_path: Path, source: Front) -> Iterator[Monitor]:
    told = {"database_url": database_url, "log_folder": tmp_path / "logs", "pull_from": source.url, "pull_minutes": 20}
    opened = monitor(Settings(_env_file=None, **told))  # type: ignore[arg-type]
    yield opened
    opened.database.close()


USUAL = ["sweep", "follow", "errands", "clear_up"]


def test_the_timetable_pulls_where_it_is_told_from_where(known: Monitor) -> None:
    assert [entry.name for entry in timetable(known.settings)] == [*USUAL, "pull"]
    none = known.settings.model_copy(update={"pull_from": None})
    assert [entry.name for entry in timetable(none)] == USUAL
    (entry,) = timetable(known.settings)[len(USUAL) :]
    zone = ZoneInfo("Asia/Shanghai")
    due = entry.trigger(zone).get_next_fire_time(None, dt.datetime(2026, 11, 20, 12, 1, tzinfo=zone))
    assert due == dt.datetime(2026, 11, 20, 12, 20, tzinfo=zone)


def test_wrong_rows_do_not_stop_the_timetable(known: Monitor, source: Front) -> None:
    source.add(RECORDS, record(9, 77, "2026-03-05"))
    assert fetch(known) == "partial: 1 projects touched, 1 rows refused"
    assert rows(known.database, "SELECT count(*) FROM event") == [(3,)]


def test_a_pull_that_fails_is_recorded_and_ends_nothing(
    known: Monitor, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    gone = SecretStr("postgresql://u:topsecret@127.0.0.1:9/d?connect_timeout=2")
    broken = replace(known, settings=known.settings.model_copy(update={"pull_from": gone}))
    (entry,) = timetable(broken.settings)[len(USUAL) :]
    assert run_entry(broken, entry, now()) is False
    assert rows(known.database, "SELECT job, outcome FROM job_run") == [("pull", "failed")]
    assert "127.0.0.1" in caplog.text
    assert "topsecret" not in caplog.text
    assert "topsecret" not in repr(broken.settings)
    assert broken.settings.environment()["MONITOR_PULL_FROM"].startswith("postgresql://u:topsecret@")
