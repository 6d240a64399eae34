"""Every command that changes something, or takes something out, leaves an entry; what only looks leaves none."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from argon2.profiles import CHEAPEST
from sqlalchemy import text

from monitor import passwords
from monitor.actor import Actor, acting
from monitor.chain import entry_hash
from monitor.database import Database, downgrade
from monitor.deed_words import FIELD_WORDS, OUTCOME_WORDS, SUBJECT_WORDS
from monitor.doors.cli.commands import program as whole_program
from monitor.doors.scheduler import TIMETABLE, run_entry
from monitor.reading.trail import Entry
from monitor.reading.verified import _WHAT, What
from monitor.rights import Role
from monitor.settings import Settings, account, machine, now
from monitor.store.signing_in import begin_session
from monitor.store.trail import record
from monitor.wiring import monitor
from tests.house.test_json_documents import documented, undocumented
from tests.house.tree import TOP
from tests.monitor.canonical_files import CASE as SMALL_CASE
from tests.monitor.canonical_files import EVENTS, MOMENT, rows, write
from tests.monitor.canonical_files import PROJECT as SMALL_PROJECT
from tests.monitor.commands import Run, refused
from tests.monitor.exchange_tables import Front
from tests.monitor.servers import programs
from tests.monitor.sweeping import office
from tests.monitor.test_late_stops import CASE, PROJECT, at, event
from tests.monitor.trails import DEEDS, fill, looked_at, past_every_lock, told
from tests.rules.own_packs import own

READ = """
    agreement list, assess, batches, calendar add, calendar count, calendar days, check, codes, corrections,
    departments, flags, measures, notices, notices preview, packs, packs check, packs preview, packs show, pending,
    plan, profile check, profile list, profile show, profile suggest, projects, refused, serve, sources, status,
    template, token list, trail head, trail show, trail verify, user list, user sessions, user show, whatif
"""
PROCESSES = {"schedule"}  # its jobs leave entries of their own: looked at below
NOTICE = 'region = "33"\nyear = 2026\ndocument = "虚构"\nsource = "虚构"\npublished = 2026-03-04\nrest = [2026-03-05]\n'
WHO = ("--by", "张三")
SECRET = "MONITOR_SECRET_PROJECTS_FILE"


@dataclass(frozen=True)
class Step:
    """A command, the words that follow, the entries that it leaves (a sweep that follows on a deed is one of its own),
    and more words with which it must leave none."""

    command: str
    words: tuple[str, ...]
    leaves: tuple[str, ...]
    dry: tuple[str, ...] | None = None
    code: int = 0
    told: str = ""  # a word that its entry must have


STEPS = (
    Step("upgrade", (), ("upgrade",), told="0010"),
    Step("import", ("in",), ("import",), ("--dry-run",), told="batch"),
    Step("undo", ("3",), ("undo",), ("--dry-run",), told="platform"),
    Step("pull", ("--from", "FRONT"), ("pull",), ("--dry-run",), told="front.db"),
    Step("tick", (), ("tick",), told="projects"),
    Step("confirm", ("e2", *WHO, "--evidence", "鉴定通知书"), ("confirm",), told="鉴定通知书"),
    Step("rebuild", (), ("rebuild", "tick"), told="day"),
    Step("departments add", ("某局", "--region", "330106", *WHO), ("departments_say",), told="registered"),
    Step("departments same", ("规划局", "as", "某局", *WHO), ("departments_say",), told="规划局"),
    Step("departments undo", ("2", *WHO), ("departments_undo",), told="same"),
    Step("departments not", ("规划局", "as", "某局", *WHO), ("departments_say",), told="not_same"),
    Step("departments import", ("register.csv", *WHO), ("departments_say",), told="entries"),
    Step("notices import", ("notice.toml",), ("notices_import", "tick"), told="2026-03-05"),
    Step("notices withdraw", ("1",), ("notices_withdraw", "tick"), told="2026-03-05"),
    Step("packs import", ("own.toml",), ("packs_import",), told="own.toml"),
    Step("packs withdraw", ("own-40", "1"), ("packs_withdraw",), told="own-40"),
    Step("export", ("--out", "out", "--project", "P"), ("export",), told='"P"'),
    Step("export-spgl", ("--out", "tables"), ("export_spgl",), code=3, told="tables"),
    Step("trail export", ("trail.csv",), ("export_trail",), told="trail.csv"),
    Step("trail erase", ("张三", *WHO, "--yes"), ("erase",), told="personal"),
    # What the confirmation and the export say of the project; the person was erased before.
    Step("purge", ("--by", "李四", "--yes"), ("erase", "purge"), told="李四"),
    # By two persons from here on: tests/monitor/test_two_persons.py.
    Step("user add", ("zhang", "--role", "agent"), ("account_add",), told="zhang"),
    Step("user add", ("li", "--role", "agent"), ("account_add",), told="agent"),
    Step("user change", ("zhang", "--agent", "王五"), ("account_change",), told="王五"),
    Step("user password", ("zhang",), ("password_reset",), told="zhang"),
    Step("user sign-out", ("zhang",), ("sessions_end",), told='"sessions_ended": 1'),
    Step("user disable", ("zhang",), ("account_disable",), told="zhang"),
    Step("user enable", ("zhang",), ("account_enable",), told="disabled_at"),
    Step("token add", ("platform", "--for", "zhang", "--right", "read"), ("token_add",), told="platform"),
    Step("token revoke", ("platform",), ("token_revoke",), told="platform"),
    Step("agreement add", ("zhang", "PROJECT", "--code", "DB-7"), ("agreement_add",), told="DB-7"),
    Step("agreement change", ("1", "--state", "signed", "--from", "2026-03-02"), ("agreement_change",), told="signed"),
    Step("agreement hand-over", ("1", "--to", "li", "--on", "2026-03-10"), ("agreement_hand_over",), told="2026-03-09"),
    Step("agreement end", ("2", "--on", "2026-03-20"), ("agreement_end",), told="terminated"),
    Step("slip", ("PROJECT",), ("slip_make",), told="replaced"),
    Step("backup", ("all.backup",), ("backup",), told="sha256"),
)


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Every command by its words; a group that does something by itself too."""
    for name, command in group.commands.items():
        words = f"{before}{name}"
        inner = hasattr(command, "commands")
        if not inner or command.invoke_without_command:
            yield words
        if inner:
            yield from commands(command, f"{words} ")


def test_every_command_is_known_to_leave_an_entry_or_to_look_alone() -> None:
    reading = {" ".join(words.split()) for words in READ.split(",")}
    writing = {step.command for step in STEPS} | {"init", "demo", "restore"}
    assert not reading & writing
    assert set(commands(whole_program())) == reading | writing | PROCESSES


@pytest.fixture
def office_with_all(
    run: Run, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """A log with a late stop, and the files that the commands ask for; runs a step."""
    here = office(database, tmp_path)
    here.take(PROJECT, CASE, [event(1, "accepted", "2026-03-02")], today=at(here, "2026-03-02"), source="platform")
    here.tick(at(here, "2026-05-22"))
    pause = {"procedure": "appraisal", "basis": "行政许可法45"}
    told = [event(2, "procedure_started", "2026-04-01", **pause), event(3, "procedure_ended", "2026-05-11", **pause)]
    here.take([], [], told, today=at(here, "2026-05-25"), source="platform")
    here.tick(at(here, "2026-05-25"))
    small = [{**one, "case_id": "C1"} for one in EVENTS]
    write(tmp_path / "in", [SMALL_PROJECT], [SMALL_CASE], small)
    (tmp_path / "register.csv").write_text("name,region\n甲局,330106\n乙局,330106\n", "utf-8")
    (tmp_path / "notice.toml").write_text(NOTICE, "utf-8")
    (tmp_path / "own.toml").write_text(own(coded_from="2026-01-01"), "utf-8")
    (tmp_path / "secret.txt").write_text("P\n", "utf-8")
    front = Front(f"sqlite:///{tmp_path}/front.db").make()
    monkeypatch.setattr(passwords, "PARAMETERS", CHEAPEST)

    def call(step: Step, *more: str) -> Any:
        words = [front.url if word == "FRONT" else word for word in (*step.words, *more)]
        if "PROJECT" in words:
            words[words.index("PROJECT")] = rows(database, "SELECT MIN(code) FROM project")[0][0]
        if step.command == "user sign-out":
            with database.writing() as connection:
                begin_session(connection, 1, "x", now(), now() + dt.timedelta(1), "", "")
        if step.command in ("import", "pull"):
            words += ["--source", "platform" if step.command == "import" else "city"]
        if "--dry" in more:
            words = [word for word in words if word not in ("--yes", "--dry")]
        more_told = {SECRET: str(tmp_path / "secret.txt")} if step.command == "purge" else {}
        if step.command == "backup" and database.dialect != "sqlite":
            more_told["PATH"] = programs()["PATH"]
        return run(*step.command.split(), *words, **more_told)

    yield call
    front.close()


def test_each_leaves_its_entry_with_who_and_what(
    office_with_all: Callable[..., Any], database: Database, tmp_path: Path
) -> None:
    # The trail comes with this version of the schema: the upgrade is its first deed.
    downgrade(database, "0010")
    known: list[Entry] = []
    for step in STEPS:
        if step.dry is not None or "--yes" in step.words:
            office_with_all(step, *(step.dry or ("--dry",)))
            assert told(database) == known, step
        ended = office_with_all(step)
        assert ended.code == step.code, (step, ended.err)
        now_known = told(database)
        mine, known = now_known[len(known) :], now_known
        assert tuple(entry.verb for entry in mine) == step.leaves, step
        assert {(entry.actor, entry.door, entry.address) for entry in mine} == {(account(), "cli", machine())}
        said = json.dumps([entry.document() for entry in mine], ensure_ascii=False)
        assert step.told in said, (step, said)
    assert looked_at(database).sound
    keys = {key for entry in known for part in (entry.before, entry.after, entry.personal) for key in part}
    assert not {key for key in keys if not key.startswith("SPGL_")} - FIELD_WORDS.keys()
    assert {entry.subject_kind for entry in known} - {""} <= SUBJECT_WORDS.keys()
    assert {entry.outcome for entry in known} - {"done"} <= OUTCOME_WORDS.keys()


def test_what_is_refused_or_looks_alone_leaves_none(
    office_with_all: Callable[..., Any], run: Run, database: Database, tmp_path: Path
) -> None:
    known = told(database)
    write(tmp_path / "bad", [SMALL_PROJECT | {"coded_on": "bad"}])
    asked = (
        ("import", "bad"), ("undo", "99"), ("export", "--out", "in"), ("purge", "--by", "张三", "--yes"),
        ("departments", "undo", "9", *WHO), ("notices", "withdraw", "9"), ("notices", "preview", "notice.toml"),
        ("status", "--all", "--json"), ("projects", "--json"), ("trail", "show"), ("trail", "verify"), ("check",),
        ("projects", "--known-at", "2026-05-24T12:00:00+08:00"),  # swept in a store of its own
        ("trail", "export", "in/projects.csv"), ("trail", "erase", "无此人", *WHO, "--yes"),
    )  # fmt: skip
    for words in asked:
        run(*words)
        assert told(database) == known, words


def test_damage_is_named_to_a_person_and_to_a_machine(run: Run, database: Database) -> None:
    fill(database)
    printed = run("trail", "head").out.split()
    assert run("trail", "head", "--json").document == {"seq": 5, "hash": printed[1]}
    sound = run("trail", "verify", "--head", printed[1].upper())
    assert (sound.code, sound.out) == (0, "")
    assert f"that of entry 5.\n5 entries, as they were written. Head: 5 {printed[1]}" in sound.err
    refused(run("trail", "verify", "--head", "abc"), "No entry has the hash abc")
    with past_every_lock(database, stays=True) as connection:
        connection.execute(text("UPDATE trail_detail SET content = '{}' WHERE seq = 2"))
        connection.execute(text("DELETE FROM trail_entry WHERE seq = 4"))
    ended = run("trail", "verify", "--json")
    assert (ended.code, undocumented(ended.document, documented("trail verify"))) == (1, [])
    damage = [{"seq": 4, "what": "missing", "part": ""}, {"seq": 2, "what": "content_changed", "part": "detail"}]
    assert (ended.document["broken"], ended.document["entries"]) == (damage, 3)
    refused(run("trail", "verify"), "entry 4 is missing", "what entry 2 says was changed (before and after)")
    refused(run("trail", "verify", MONITOR_LANGUAGE="zh_CN"), "第 4 条记录缺失", "第 2 条记录的内容被改动（前后内容）")
    assert set(_WHAT) == set(get_args(What))


def test_the_entries_are_shown_and_taken_out(run: Run, database: Database, tmp_path: Path) -> None:
    fill(database)
    with database.writing() as connection, acting(Actor("=1+1", door="web")):
        record(connection, MOMENT, DEEDS[1])
    shown = run("trail", "show").out
    assert "took a batch back  batch 2\n        before: source 平台\n        by whom: by 李四\n" in shown
    assert "erased: names of persons" in shown
    assert "=1+1 (web)  imported  batch 1  landed" in shown
    assert [one["seq"] for one in run("trail", "show", "--verb", "import", "--json").document["entries"]] == [2, 6]
    days = ("--since", "2026-11-20", "--until", "2026-11-20")  # of the office: 12:00 to 15:00
    assert len(run("trail", "show", *days, "--json").document["entries"]) == 6
    assert run("trail", "show", "--until", "2026-11-19", "--json").document == {"entries": []}
    refused(run("trail", "show", "--verb", "rob"), "import", "export_trail", code=2)

    assert run("trail", "export", "all.csv").code == 0
    assert run("trail", "export", "all.jsonl", "--actor", "=1+1", "--json").document["entries"] == 1
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        taken = list(csv.DictReader(file))
    assert [row["actor"] for row in taken] == ["", "", "", "", "", "'=1+1"]
    (line,) = (tmp_path / "all.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == told(database)[5].document()
    # The hashes can be worked out again from the file.
    assert entry_hash(json.loads(line)) == json.loads(line)["hash"]
    left = sorted(path.name for path in tmp_path.iterdir())
    refused(run("trail", "export", "all.csv"), "there already")
    refused(run("trail", "export", "all.pdf"), ".jsonl", code=2)
    refused(run("trail", "export", "nowhere/all.csv"), "cannot be written")
    assert sorted(path.name for path in tmp_path.iterdir()) == left


def test_the_demo_and_a_new_database_begin_a_trail(run: Run, tmp_path: Path) -> None:
    made = f"sqlite:///{tmp_path}/new.db"
    assert run("init", MONITOR_DATABASE_URL=made).code == 0
    assert run("init", MONITOR_DATABASE_URL=made).code == 0  # nothing to do the second time
    assert [entry.verb for entry in told(Database(made))] == ["init"]
    if Settings().database_url.startswith("sqlite"):
        assert run("demo", "--no-serve", "--projects", 3).code == 0
        demo = Database(f"sqlite:///{tmp_path}/home/approval-monitor/demo/demo.db")
        verbs = [entry.verb for entry in told(demo)]
        assert [verb for verb in verbs if verb in ("init", "import", "tick")] == "init import tick import tick".split()
        assert verbs.count("account_add") == len(Role) and "agreement_add" in verbs
        assert looked_at(demo).sound


def test_the_scheduler_acts_in_its_own_name(database: Database, database_url: str) -> None:
    known = monitor(Settings(database_url=database_url))
    assert run_entry(known, TIMETABLE[0], dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
    known.database.close()
    (entry,) = told(database)
    assert (entry.actor, entry.door, entry.verb) == ("scheduler", "scheduler", "tick")


TELLING = {"record", "erase", "tell_as", "tell_lock", "_tell_agreement"}
# Blocks that write and leave no entry by themselves, each with its reason.
SILENT = {
    ("tick", "_assess_once"),  # copies; the tick tells of them at its end
    ("tick", "_calendar_key"),
    ("tick", "_fail"),
    ("runs", "once"),  # the ledger of the timetable; the verb that it runs tells of itself
    ("rewind", "_made"),  # a store made for one reading
    ("pull", "transactions"),  # each portion that is landed in one of them tells
    ("signing_in", "note_use"),  # that a session or a token was used
    ("signing_in", "prove"),  # for a deed, which tells
    ("look_up", "_counted"),  # that something was looked up in vain; nobody did anything
    ("purge", "ask_purge"),  # looks how much there is, and takes it back
}


def test_every_block_that_writes_tells_the_trail() -> None:
    """A verb that no command asks for, such as one of a page, is found here."""
    silent = set()
    for path in sorted((TOP / "monitor" / "verbs").glob("*.py")):
        for outer in (
            node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        ):
            if any(_called(node) == "writing" for node in ast.walk(outer)):
                names = {_called(node) for node in ast.walk(outer)}
                if not names & TELLING:
                    silent.add((path.stem, outer.name))
    assert silent == SILENT


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_a_page_that_is_damaged_is_named_and_no_fault_of_the_program(
    run: Run, sqlite_file: Path, tmp_path: Path
) -> None:
    own = tmp_path / "damaged.db"
    shutil.copy(sqlite_file, own)
    with Database(f"sqlite:///{own}").reading() as connection:
        root = connection.execute(text("SELECT rootpage FROM sqlite_master WHERE name = 'trail_entry'")).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    with own.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\x07" * size)
    for words in (("trail", "verify"), ("check",)):
        ended = run(*words, MONITOR_DATABASE_URL=f"sqlite:///{own}")
        assert ended.code == 1, ended
        assert "damaged" in ended.err
        assert "approval-monitor restore" in ended.err
