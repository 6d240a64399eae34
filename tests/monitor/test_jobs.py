"""Jobs asked for from a page: what a file is, what would come of it, taking it in, taking it back; and for whom."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from monitor import jobs
from monitor.database import Database
from monitor.jobs import Office, Verb
from monitor.progress import State
from monitor.reading import jobs as reading
from monitor.reading.jobs import Job
from monitor.reading.late_stops import records
from monitor.rights import Forbidden, Role, Scope, Who
from monitor.store import jobs as store
from monitor.uploads import Upload, UploadRefused, Uploads
from monitor.verbs.accounts import disable_account
from monitor.verbs.late_stops import confirm
from monitor.verbs.undo import CannotUndo, undo
from tests.monitor.canonical_files import (
    CASE,
    EVENTS,
    MOMENT,
    PROJECT,
    ZONE,
    csv_text,
    log_of,
    rows,
    small,
    take,
    write,
)
from tests.monitor.peopling import settled

HOUR = dt.timedelta(hours=1)
PASSWORD = "vier Worte ohne Sinn"
LIST = (
    "项目代码,项目名称,行政区划,事项名称,审批部门,受理日期,办结日期\n"
    "X1,厂房,330100,企业投资项目备案,发改,2026-03-02,2026-03-05\n"
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    uploads = Uploads(tmp_path / "uploads", 1 << 20)
    return Office(uploads, ZONE, lambda: MOMENT, {}, None)


@pytest.fixture
def who(database: Database) -> Who:
    """A supervisor of one city."""
    return settled(database, "zhang", PASSWORD, scope={"regions": ["3301"]}).who


def zipped(folder: Path, **tables: Any) -> bytes:
    """Canonical files as one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, listed in tables.items():
            archive.writestr(f"{name}.csv", csv_text(listed))
    return out.getvalue()


def whole(folder: Path, **more: Any) -> bytes:
    """One project with its case, accepted and approved."""
    return zipped(folder, **{"projects": [PROJECT], "cases": [CASE], "events": EVENTS} | more)


Ask = Callable[..., Job]


@pytest.fixture
def done(database: Database, office: Office, who: Who) -> Ask:
    """Asks for a job and has it done."""

    def ask(verb: Verb, upload: Upload | None = None, by: Who = who, **more: Any) -> Job:
        told: dict[str, Any] = {"text": "", "source": "", "partial": False, "reported_until": None}
        told["layout"] = "" if verb is Verb.LOOK else "canonical"
        told |= {"token": upload.token, "name": upload.name} if upload else {}
        number = jobs.ask(database, by, verb, told | more, address="10.1.0.7", language="en", now=MOMENT)
        assert jobs.work_off(database, office) == 1
        with database.reading() as connection:
            found = reading.job(connection, number, by.name)
        assert found is not None
        return found

    return ask


def test_a_file_is_looked_at_tried_taken_in_and_taken_back(
    database: Database, office: Office, done: Ask, tmp_path: Path
) -> None:
    upload = office.uploads.keep(io.BytesIO(whole(tmp_path)), "C:\\Users\\me\\三月.zip")
    assert upload.name == "三月.zip"
    looked = done(Verb.LOOK, upload)
    assert (looked.state, looked.result and looked.result["layout"]) == (State.DONE, "canonical")
    empty = log_of(database)
    tried = done(Verb.TRY, upload)
    assert tried.result and tried.result["document"]["events"]["added"] == 2
    assert tried.result["document"]["effect"]["new"]["projects"] == 1
    assert log_of(database) == empty
    taken = done(Verb.IMPORT, upload, reported_until="2026-11-19")
    assert taken.result and taken.result["document"]["outcome"] == "landed"
    assert rows(database, "SELECT name FROM batch") == [("三月.zip",)]
    with pytest.raises(FileNotFoundError):  # nothing more comes of it
        office.uploads.path(upload)
    landed = log_of(database)
    batch = taken.result["document"]["batch"]
    assert done(Verb.TRY_UNDO, batch=batch).state is State.DONE
    assert log_of(database) == landed
    assert done(Verb.UNDO, batch=batch).state is State.DONE
    assert done(Verb.UNDO, batch=batch).result == {"problem": "undo_undone"}
    again = office.uploads.keep(io.BytesIO(whole(tmp_path)), "三月.zip")
    assert done(Verb.TRY, again).state is State.DONE  # the source is one's own still
    who_did = rows(
        database, "SELECT actor, role, door, address, verb FROM trail_entry WHERE verb IN ('import', 'undo')"
    )
    assert who_did == [("zhang", "supervisor", "web", "10.1.0.7", verb) for verb in ("import", "undo")]


def test_a_foreign_file_comes_with_a_proposal_that_takes_it_in(database: Database, office: Office, done: Ask) -> None:
    upload = office.uploads.keep(io.BytesIO(LIST.encode()), "清单.csv")
    looked = done(Verb.LOOK, upload)
    assert looked.result is not None
    assert looked.result["layout"] in ("own", *looked.result["fits"])
    assert "项目代码" in looked.result["text"]
    wrong = done(Verb.TRY, upload, layout="own", text=looked.result["text"] + "\nnonsense = 1\n")
    assert (wrong.state, wrong.result and wrong.result["problem"]) == (State.REFUSED, "profile")
    taken = done(Verb.IMPORT, upload, layout="own", text=looked.result["text"], source="清单")
    assert taken.state is State.DONE, taken.result and taken.result["document"]["refusals"]
    assert rows(database, "SELECT code FROM project") == [("X1",)]


def test_refused_rows_come_back_with_the_reason_beside_each(
    database: Database, office: Office, done: Ask, tmp_path: Path
) -> None:
    events = [*EVENTS, {"event_id": "E3", "case_id": "C1", "status": "=1+1", "occurred_at": "2026-02-30"}]
    upload = office.uploads.keep(io.BytesIO(whole(tmp_path, events=events)), "a.zip")
    tried = done(Verb.TRY, upload)
    assert tried.state is State.REFUSED
    assert tried.result is not None
    assert tried.result["document"]["returned"] == 1
    book = openpyxl.load_workbook(office.uploads.beside(upload.token, jobs.REFUSED_ROWS))
    head, row = book["events"].values
    told = dict(zip(head, row, strict=True))
    assert (told["event_id"], told["status"], told["occurred_at"]) == ("E3", "=1+1", "2026-02-30")
    assert {"status", "occurred_at"} == {line.split()[0] for line in told["Why it was refused"].splitlines()}
    assert "allowed" in told["Why it was refused"]
    partial = done(Verb.IMPORT, upload, partial=True)
    assert partial.result and partial.result["document"]["outcome"] == "partial"
    assert office.uploads.path(upload).is_file()  # its refused rows can still be fetched


@pytest.mark.parametrize("region", ["330200", "33", ""])
def test_nobody_writes_of_projects_of_other_regions(
    database: Database, office: Office, done: Ask, tmp_path: Path, region: str
) -> None:
    upload = office.uploads.keep(io.BytesIO(whole(tmp_path, projects=[PROJECT | {"region": region}])), "a.zip")
    before = log_of(database)
    for verb in (Verb.TRY, Verb.IMPORT):
        job = done(verb, upload, partial=True)
        assert job.state is State.REFUSED
        assert job.result is not None
        assert "P1" in job.result["document"]["refusals"][0]["reason"]
    assert log_of(database) == before
    # Nor by an event alone, nor by calling a project of another region one's own, nor by taking a batch back.
    take(database, small(tmp_path / "in"))
    other = Who(0, "li", "Li", Role.SUPERVISOR, Scope(("3302",)))
    settled(database, "li", PASSWORD, scope={"regions": ["3302"]})
    landed = log_of(database)
    event = [EVENTS[0] | {"event_id": "E9"}]
    for listed in ({"events": event}, {"projects": [PROJECT | {"region": "330200"}]}):
        upload = office.uploads.keep(io.BytesIO(zipped(tmp_path, **listed)), "a.zip")
        assert done(Verb.IMPORT, upload, by=other).state is State.REFUSED
    refused = done(Verb.UNDO, by=other, batch=1)
    assert refused.state is State.REFUSED
    assert "P1" not in str(refused.result)
    assert log_of(database) == landed


def test_what_waits_never_comes_in_elsewhere(database: Database, office: Office, done: Ask, tmp_path: Path) -> None:
    """A row of a project that is not known yet, and then turns out to lie in another region."""
    case = CASE | {"case_id": "CX", "project_code": "P77"}
    mine = zipped(tmp_path, projects=[PROJECT], cases=[CASE, case], events=EVENTS)
    upload = office.uploads.keep(io.BytesIO(mine), "a.zip")
    assert done(Verb.IMPORT, upload, partial=True, source="own").state is State.DONE
    take(database, write(tmp_path / "other", [PROJECT | {"project_code": "P77", "region": "330200"}]), source="other")
    assert ("CX",) not in rows(database, "SELECT case_id FROM approval_case")
    take(database, write(tmp_path / "moved", [PROJECT | {"project_code": "P77", "region": "330100"}]), source="other")
    assert ("CX",) in rows(database, "SELECT case_id FROM approval_case")  # it lies in the own region after all


def test_a_source_for_which_others_send_is_not_written_for(
    database: Database, office: Office, done: Ask, tmp_path: Path
) -> None:
    take(database, small(tmp_path / "in"), source="platform")
    before = log_of(database)
    upload = office.uploads.keep(io.BytesIO(whole(tmp_path)), "a.zip")
    for verb in (Verb.TRY, Verb.IMPORT):
        job = done(verb, upload, source="platform", reported_until="2026-11-19")
        assert job.state is State.REFUSED
        assert job.result is not None
        assert "platform" in job.result["document"]["refusals"][0]["reason"]
    assert log_of(database) == before
    refused = done(Verb.UNDO, batch=1)
    assert refused.result == {"problem": "undo_not_yours"}
    heard: list[tuple[int, int]] = []  # how far it is: nobody waits for it, nor learns how much it is
    with pytest.raises(CannotUndo):
        undo(
            database, 1, zone=ZONE, clock=lambda: MOMENT, within=["3302"], advance=lambda *far: heard.append(far)
        )  # fmt: skip
    assert not heard


def test_a_source_stays_ones_own_where_somebody_confirmed_a_late_stop_of_it(
    database: Database, office: Office, done: Ask, tmp_path: Path
) -> None:
    stop = {"event_id": "E5", "case_id": "C1", "status": "correction_started", "occurred_at": "2026-03-05"}
    events = [EVENTS[0], stop | {"entered_at": "2026-04-05"}]
    upload = office.uploads.keep(io.BytesIO(whole(tmp_path, events=events)), "a.zip")
    assert done(Verb.IMPORT, upload).state is State.DONE
    with database.reading() as connection:
        (record,) = records(connection, "E5")
    confirm(
        database, record, by="李", evidence="鉴定通知书", today=MOMENT.date(), zone=ZONE, clock=lambda: MOMENT
    )  # fmt: skip
    events.append(stop | {"event_id": "E6", "status": "correction_ended", "occurred_at": "2026-03-09"})
    upload = office.uploads.keep(io.BytesIO(whole(tmp_path, events=events)), "a.zip")
    assert done(Verb.IMPORT, upload).state is State.DONE


def test_who_has_no_right_any_more_when_it_begins_is_refused(database: Database, office: Office, who: Who) -> None:
    leader = Who(0, "wang", "Wang", Role.LEADER, Scope(("33",)))
    with pytest.raises(Forbidden):
        jobs.ask(database, leader, Verb.LOOK, {}, address="", language="en", now=MOMENT)
    settled(database, "root", PASSWORD, "administrator")
    number = jobs.ask(database, who, Verb.LOOK, {"token": "0" * 32, "name": "x"}, address="", language="en", now=MOMENT)
    disable_account(database, "zhang", now=MOMENT)
    jobs.work_off(database, office)
    with database.reading() as connection:
        found = reading.job(connection, number)
        assert found is not None
        assert found.result == {"problem": "forbidden", "right": "import"}
        assert reading.job(connection, number, "root") is None  # somebody else's
        assert reading.jobs(connection, "root", tuple(Verb)) == []


def test_a_job_is_taken_once_and_waits_again_where_its_process_died(
    database: Database, office: Office, who: Who
) -> None:
    number = jobs.ask(database, who, Verb.LOOK, {"token": "0" * 32, "name": "x"}, address="", language="en", now=MOMENT)
    with database.writing() as connection:
        assert store.take(connection, MOMENT) == number
    with database.writing() as connection:
        assert store.take(connection, MOMENT) is None
    assert jobs.work_off(database, office) == 0
    assert jobs.start_again(database) == 1
    assert jobs.work_off(database, office) == 1
    with database.reading() as connection:
        found = reading.job(connection, number)
    assert found is not None
    assert found.result == {"problem": "gone"}


def test_what_was_handed_in_and_never_taken_in_is_destroyed(database: Database, office: Office, tmp_path: Path) -> None:
    upload = office.uploads.keep(io.BytesIO(b"event_id\n1\n"), "events.csv")
    path = office.uploads.path(upload)
    kept = path.open("rb")
    made = path.parent.stat().st_mtime
    for age, left in ((jobs.KEPT_FOR - HOUR, True), (jobs.KEPT_FOR + HOUR, False)):
        at = dt.datetime.fromtimestamp(made, dt.UTC) + age
        jobs.tidy(database, replace(office, now=lambda at=at: at))
        assert path.exists() == left
    assert set(kept.read()) <= {0}  # whoever still had it open reads nothing


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [("a.exe", b"MZ", "kind"), ("a", b"x", "kind"), ("a.csv", b"", "empty"), ("a.csv", b"x" * (1 << 20 | 1), "large")],
)
def test_what_is_not_taken_is_not_kept(office: Office, name: str, content: bytes, problem: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        office.uploads.keep(io.BytesIO(content), name)
    assert refused.value.problem == problem
    assert not list(office.uploads.folder.glob("*"))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "..\\..\\x.csv", "/etc/x.csv", "\0x.csv", f"{'名' * 500}.csv", "a/../b.csv"]
)
def test_a_name_leads_nowhere_else(office: Office, name: str) -> None:
    upload = office.uploads.keep(io.BytesIO(b"x"), name)
    path = office.uploads.path(upload).resolve()
    assert path.parent.parent == office.uploads.folder.resolve()
    for token in ("..", "../uploads", "", "x" * 32, "0" * 31):
        with pytest.raises(FileNotFoundError):
            office.uploads.path(Upload(token, "x.csv"))
