"""docs/json.md and the program: no field that is not documented, none documented that is not there, types and all."""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2.profiles import CHEAPEST

from monitor import passwords
from monitor.database import Database
from monitor.exchange.tables import RECORDS
from monitor.settings import now
from monitor.verbs.accounts import reset_password
from monitor.verbs.agreements import add_agreement
from monitor.verbs.signing_in import sign_in
from rules.packfile import shipped
from tests.house.measured import UNSEEN, measured
from tests.house.tree import TOP
from tests.monitor.commands import Run, program
from tests.monitor.exchange_tables import Front, record
from tests.monitor.peopling import CHEAP, HOME, LIMITS
from tests.rules.generate import awkward_log, write
from tests.rules.own_packs import own, version

PAGE = (TOP / "docs" / "json.md").read_text("utf-8")
AS_OF = ("--as-of", "2026-11-20", "--json")
CLOSED = """
region = "33"
year = 2026
document = "虚构"
source = "虚构"
published = 2026-03-04
rest = [2026-03-05, 2026-11-19]
work = [2026-03-08]
"""
SUPPOSED = """region = ""
year = 2026
document = "made up"
source = "made up"
published = 2026-05-01
amends = true
rest = [2026-06-01]
"""
FOREIGN = """id = "foreign"
title = "虚构"
[file]
totals = { code = ["total*"] }
[projects]
project_code = "code"
coded_on = "coded"
[cases]
case_id = "case"
stage = { value = "planning" }
department = "who"
[[events]]
name = "in"
status = "accepted"
occurred_at = "in"
"""
MORE = """event_id,case_id,status,occurred_at,voids
X1,{case},approved,2022-03-01,
X2,{case},voided,2026-11-20,{event}
"""
ASIDE = """project_code,coded_on,kind
X9,2026-02-30,filing
X8,2026-02-03,涉密
X7,2026-02-03,filing
"""
# What a sound database and a sample need not show.
STOP = "project_code case_id event_id on learned_on used light used_if_confirmed light_if_confirmed".split()
STOP += [f"changes[].{name}" for name in "where case_id what before after".split()]
LATE = {
    name
    for name in re.findall(r"^\| `([^`]+)`", PAGE, flags=re.M)
    if name.startswith(("projects[].late_stops", "projects[].if_confirmed"))
}
OPEN_REQUEST = {f"requests[].{name}" for name in ("number", "asked_by", "asked_at", "until", "counts.*")}
MAY_BE_MISSING = {
    # Through a profile: tests/monitor/test_profile_commands.py looks at it.
    "import": {"ignored[]", "passed_over[].file", "passed_over[].rows"},
    "check": {"integrity[]", "troubles.*", "silent[]"},
    "export": {"waiting[]"},
    "pull": {"new_departments[].like[].name", "new_departments[].like[].region"},
    "profile check": {"ignored[]"},
    # Late stops need a log that came in by parts: tests/monitor/test_late_stops.py looks at those.
    "assess, status": {"projects[].provisional[]", "passed_over[].file", "passed_over[].rows", *LATE},
    # No shipped pack has a ceiling, nor deems anything accepted.
    "packs show": {
        *(f"pauses[].ceiling[].{name}" for name in ("days", "since", "flag", "source", "unit", "start")),
        *(f"settings.deemed_acceptance[].{name}" for name in ("days", "since", "flag", "source")),
    },
    # A trail that was damaged: tests/monitor/test_trail_commands.py looks at that.
    "trail verify": {f"broken[].{name}" for name in ("seq", "what", "part")},
    "pending": {f"stops[].{name}" for name in STOP},
    # By two persons: tests/monitor/test_two_persons.py looks at those.
    "purge": OPEN_REQUEST,
    "trail erase": OPEN_REQUEST,
    "restore": {"lost.*"},  # tests/monitor/test_backup.py looks at that
    "whatif --each-department": {"assumed.notices[]", "assumed.budgets.*", "assumed.rest[]", "assumed.work[]"},
}


def sections() -> dict[str, str]:
    """The text under each title."""
    parts = re.split(r"^## (.+)$", PAGE, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def documented(title: str) -> dict[str, str]:
    """The fields of one section with their types."""
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", sections()[title], flags=re.M))


def example(title: str) -> Any:
    """The example of one section."""
    (text,) = re.findall(r"^```json\n(.*?)^```", sections()[title], flags=re.M | re.S)
    return json.loads(text)


def values(value: Any, names: dict[str, str], at: str = "") -> Iterator[tuple[str, Any]]:
    """Each field of a document, as the page writes it, with its value; a name that the page writes `*` becomes one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            known = f"{at}.{key}" if at else key
            if not any(n == known or n.startswith((f"{known}.", f"{known}[]")) for n in names):
                known = f"{at}.*" if at else "*"
            yield from values(inner, names, known)
    elif isinstance(value, list):
        for inner in value:
            yield from values(inner, names, f"{at}[]")
    else:
        yield at, value


def fits(kind: str, value: Any) -> bool:
    """Whether a value is of a type that the page names."""
    if value is None:
        return "or null" in kind
    word = re.split(r"[ ,]", kind)[0]
    if word in ("text", "word"):
        return isinstance(value, str) and (word == "text" or bool(re.fullmatch(r"[a-z_]+", value)))
    if word == "day":
        return isinstance(value, str) and dt.date.fromisoformat(value).isoformat() == value
    if word == "moment":
        return isinstance(value, str) and dt.datetime.fromisoformat(value).tzinfo is not None
    if word == "value":
        return isinstance(value, str | int | float)
    if word == "yes/no":
        return isinstance(value, bool)
    if word == "万元" or "fraction" in kind:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return word in ("number", "days") and isinstance(value, int) and not isinstance(value, bool)


def undocumented(value: Any, names: dict[str, str]) -> list[str]:
    """What a document has that the page does not name, or names otherwise."""
    return [f"{at}: {got!r}" for at, got in values(value, names) if at not in names or not fits(names[at], got)]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, f"sqlite:///{tmp_path}/monitor.db") as call:
        yield call


@pytest.fixture
def documents(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What the program prints, by title of the page."""
    (tmp_path / "log").mkdir()
    write(tmp_path / "log", awkward_log(7, projects=60))
    (tmp_path / "supposed.toml").write_text(SUPPOSED, "utf-8")
    (tmp_path / "projects.csv").write_text("project_code,coded_on\nA,2026-02-30\n", "utf-8")

    law = (TOP / "rules" / "packs" / "zhejiang-80.toml").read_text("utf-8")
    (tmp_path / "sound.toml").write_text(law, "utf-8")
    (tmp_path / "broken.toml").write_text(law.replace('"over"', '"past"').replace("days = 55", "days = -1"), "utf-8")

    def printed(*words: object, code: int = 0) -> Any:
        ended = run(*words)
        assert ended.code == code, ended.err
        return ended.document

    made = [printed("init", "--json"), printed("upgrade", "--json")]
    imported = [
        printed("import", "log", "--json", "--dry-run"),
        printed("import", "log", "--json"),
        printed("import", "log", "--json"),
        printed("import", "projects.csv", "--json", code=1),
        printed("import", "nowhere.csv", "--json", code=1),
    ]
    front = Front(f"sqlite:///{tmp_path}/front.db").make()
    front.add(RECORDS, record(9, 99, "2026-03-05"))
    front.close()
    pulled = [printed("pull", "--from", front.url, "--json", code=1)]
    pulled += [printed("pull", "--from", front.url, "--partial", "--json", code=3) for _ in range(2)]
    (tmp_path / "foreign.toml").write_text(FOREIGN, "utf-8")
    (tmp_path / "lacking.toml").write_text(FOREIGN.replace('coded_on = "coded"', ""), "utf-8")
    (tmp_path / "foreign.csv").write_text(
        "code,coded,case,who,in\nX1,2026-03-02,Y1,A,2026-03-03\nX1,,Y1,A,?\ntotal,,,,\n", "utf-8"
    )
    tried = [
        printed("profile", "check", "foreign.toml", "foreign.csv", "--json", code=1),
        printed("profile", "check", "lacking.toml", "--json", code=1),
        printed("profile", "check", "foreign.toml", "nowhere.csv", "--json", code=1),
    ]
    at_once = dt.datetime.now(dt.UTC).isoformat()
    (tmp_path / "closed.toml").write_text(CLOSED, "utf-8")
    previews = [printed("notices", "preview", "closed.toml", "--json")]
    swept = [printed("tick", *AS_OF), printed("rebuild", *AS_OF)]
    previews += [printed("notices", "preview", "closed.toml", "--json")]
    landings = [printed("notices", "import", "closed.toml", "--json") for _ in range(2)]
    landings += [printed("notices", "withdraw", "1", "--json"), printed("notices", "import", "closed.toml", "--json")]
    (tmp_path / "own.toml").write_text(own(coded_from="2023-01-01"), "utf-8")
    (tmp_path / "later.toml").write_text(version(dt.date(2090, 1, 1), ("red", 70)), "utf-8")
    own_json, later_json = ("own.toml", "--from-coding-day", "--json"), ("later.toml", "--json")
    looked = [printed("packs", "preview", *words) for words in (own_json, later_json)]
    held = [printed("packs", "import", *words) for words in (own_json, own_json, later_json)]
    listed, shown = printed("packs", "--json"), printed("packs", "show", "own-40", "--json")
    held += [printed("packs", "withdraw", "own-40", "1", "--json")]

    who = ("--by", "made up", "--json")
    register = [
        printed("departments", "add", "made up", "--region", "330106", "--short", "M", "--level", "county", *who)
    ]
    told = next(one for one in printed("departments", "--json")["departments"] if one["told"])
    words = ("--region", told["region"], "--follows", told["name"], "--since", "2024-01-01", *who)
    register += [printed("departments", "add", "made up too", *words)]
    (tmp_path / "near").mkdir()
    near = {"projects": "project_code,region,coded_on\nA,330106,2026-03-02\nB,330106,2026-03-02\n"}
    near["cases"] = "case_id,project_code,stage,department\nA,A,planning,水利局\nB,B,planning,县水利局\n"
    for name, text in near.items():
        (tmp_path / "near" / f"{name}.csv").write_text(text, "utf-8")
    imported += [printed("import", "near", "--json")]
    register += [printed("departments", "same", "水利局", "as", "县水利局", "--region", "330106", *who)]
    departments = [printed("departments", "--json")]
    register += [printed("departments", "undo", "3", *who)]
    departments += [printed("departments", "--past", "--json")]
    some = next(row for row in awkward_log(7, projects=60)[2] if row["status"] == "accepted")
    before_late = dt.datetime.now(dt.UTC).isoformat()
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "events.csv").write_text(MORE.format(case=some["case_id"], event=some["event_id"]), "utf-8")
    imported += [printed("import", "late", "--json", "--dry-run"), printed("import", "late", "--json")]
    code = some["case_id"].rsplit("-", 2)[0]
    (tmp_path / "aside").mkdir()
    (tmp_path / "aside" / "projects.csv").write_text(ASIDE, "utf-8")
    printed("import", "aside", "--partial", "--json", code=3)
    taken_back = [printed("undo", "2", "--dry-run", "--json"), printed("undo", "2", "--json")]
    (tmp_path / "secret.txt").write_text("made up\n", "utf-8")
    monkeypatch.setenv("MONITOR_SECRET_PROJECTS_FILE", str(tmp_path / "secret.txt"))
    purged = [printed("purge", "--by", "made up", "--json"), printed("purge", "--by", "made up", "--yes", "--json")]
    erased = [
        printed("trail", "erase", "made up", "--by", "nobody", *words) for words in (("--json",), ("--json", "--yes"))
    ]
    monkeypatch.setattr(passwords, "PARAMETERS", CHEAPEST)
    agent = ("user", "add", "li", "--role", "agent", "--agent", "made up")
    body = ("user", "add", "zhang", "--role", "department", "--department", f"{told['region']}/{told['name']}")
    chief = ("user", "add", "root", "--role", "administrator")
    for words in (agent, body, chief, ("user", "add", "wang", "--role", "leader", "--region", "33")):
        assert run(*words).code == 0
    assert run("token", "add", "made up", "--for", "wang", "--right", "read").code == 0
    database = Database(f"sqlite:///{tmp_path}/monitor.db")
    initial = reset_password(database, CHEAP, "li", now=now())
    sign_in(database, CHEAP, "li", initial, address=HOME, limits=LIMITS, now=now())
    add_agreement(database, "li", code, state="signed", since=dt.date(2026, 3, 2), now=now())
    database.close()
    corrected = [printed("corrections", "--since", before_late, "--json"), printed("corrections", code, "--json")]
    return {
        "batches": [printed("batches", "--json")],
        "undo": taken_back,
        "refused": [printed("refused", "--json")],
        "init, upgrade": made,
        "import": imported,
        "pull": pulled,
        "export-spgl": [printed("export-spgl", "--out", "exchange", "--json", code=3)],
        "export": [printed("export", "--out", "given", "--json")],
        "tick, rebuild": swept,
        "assess, status": [
            printed("assess", "log", *AS_OF, "--known-at", "2026-11-20T09:00:00"),
            printed("status", "--all", *AS_OF, "--known-at", at_once),
        ],
        "whatif": [
            printed("whatif", "log", "--promises", *AS_OF),
            printed("whatif", "log", "--yellow", "30", "--budget", "acceptance=9", "--notice", "supposed.toml", *AS_OF),
            printed("whatif", "--from-database", "--pack", "zhejiang-80", *AS_OF),
            printed("whatif", "log", "--rest", "2026-03-11", "--work", "2026-03-14", *AS_OF),
        ],
        "whatif --each-department": [printed("whatif", "log", "--each-department", *AS_OF)],
        "pending": [printed("pending", "--json")],
        "projects": [printed("projects", *AS_OF), printed("projects", "--as-of", "2024-09-09", "--json")],
        "plan": [
            printed("plan", "P00007-003", "--file", "log", *AS_OF),
            *(printed("plan", f"P00007-{n:03}", *AS_OF, "--known-at", at_once) for n in range(12)),
        ],
        "calendar count": [printed("calendar", "count", "2026-03-02", "2026-05-14", "--json")],
        "calendar add": [printed("calendar", "add", "2026-12-20", "5", "--json")],
        "calendar days": [printed("calendar", "days", "2026-02-13", "2026-02-15", "--json")],
        "profile list": [printed("profile", "list", "--json")],
        "profile check": tried,
        "packs": [listed, printed("packs", "--past", "--json")],
        "packs show": [shown, *(printed("packs", "show", pack, "--json") for pack in shipped())],
        "packs preview": looked,
        "packs import, withdraw": held,
        "packs check": [
            printed("packs", "check", "sound.toml", "--json"),
            printed("packs", "check", "broken.toml", "--json", code=1),
        ],
        "notices": [printed("notices", "--past", "--json")],
        "notices preview": previews,
        "notices import, withdraw": landings,
        **measured(printed),
        "flags": [printed("flags", "--json")],
        "flags CODE": [printed("flags", "--all", *AS_OF), printed("flags", "--all", *AS_OF, "--known-at", at_once)],
        "corrections": corrected,
        "departments": departments,
        "departments add, import, same, not, undo": register,
        "codes": [printed("codes", "--json"), printed("codes", code, "--json")],
        "sources": [printed("sources", "--json")],
        "purge": purged,
        "trail show": [printed("trail", "show", "--json")],
        "trail head": [printed("trail", "head", "--json")],
        "trail verify": [
            printed("trail", "verify", "--head", "0" * 64, "--json"),
            printed("trail", "verify", "--json"),
        ],
        "trail export": [printed("trail", "export", "trail.csv", "--json")],
        "trail erase": erased,
        "check": [printed("check", "--json")],
        "user list": [printed("user", "list", "--json")],
        "user show": [printed("user", "show", name, "--json") for name in ("li", "zhang", "wang", "root")],
        "user sessions": [printed("user", "sessions", "li", "--json")],
        "token list": [printed("token", "list", "--json")],
        "agreement list": [printed("agreement", "list", "--json")],
        "slip": [printed("slip", code, *more, "--json") for more in (["--out", "slip.txt"], ["--withdraw"])],
        "backup": [printed("backup", "all.backup", "--json")],
        "restore": [
            run("restore", "all.backup", "--json", MONITOR_DATABASE_URL=f"sqlite:///{tmp_path}/new.db").document
        ],
    }


def test_every_document_is_what_the_page_says(documents: dict[str, list[Any]]) -> None:
    for title, found in documents.items():
        names = documented(title)
        assert not [wrong for one in found for wrong in undocumented(one, names)], title
        seen = {at for one in found for at, _ in values(one, names)}
        missing = names.keys() - seen - MAY_BE_MISSING.get(title, set())
        missing -= {name for name in names if name.startswith(UNSEEN.get(title, ("\n",)))}
        if title in ("undo", "pull"):  # the effect is that of an import, which is looked at whole
            missing -= {name for name in documented("import") if name.startswith("effect.")}
        assert not missing, title
    assert sections().keys() == documents.keys()


@pytest.mark.parametrize("title", sections())
def test_every_example_is_such_a_document(title: str) -> None:
    assert not undocumented(example(title), documented(title))


def test_the_examples_of_the_calendar_are_what_is_printed(run: Run) -> None:
    for title in ("calendar count", "calendar add", "calendar days"):
        (call,) = re.findall(r"`approval-monitor ([^`]+ --json)`", sections()[title])
        assert run(*shlex.split(call)).document == example(title)


def test_the_examples_of_the_packs_are_what_is_printed(run: Run) -> None:
    (told,) = example("packs")["packs"]
    [pack] = [pack for pack in run("packs", "--json").document["packs"] if pack["id"] == told["id"]]
    assert {k: v for k, v in told.items() if k != "digest"} == {k: v for k, v in pack.items() if k != "digest"}
    shown, full = example("packs show"), run("packs", "show", told["id"], "--json").document
    for cut in ("items", "pauses"):
        full[cut] = full[cut][:1]
    assert {k: v for k, v in shown.items() if k != "digest"} == {k: v for k, v in full.items() if k != "digest"}


def test_what_is_not_as_documented_is_seen() -> None:
    names = documented("tick, rebuild")
    told = {"as_of": "2026-11-20", "projects": 1, "changed": 0, "turns": 0, "failed": 0}
    assert not undocumented(told, names)
    assert undocumented(told | {"surprise": 1}, names)
    assert undocumented(told | {"turns": None}, names)
    assert undocumented(told | {"turns": "2"}, names)
    assert not fits("day", 5)
    assert not fits("word", "Red")
    assert not fits("yes/no", 1)
    assert not fits("number", True)
    assert not fits("moment or null", "2026-11-20T09:00:00")
    assert fits("days, fraction", 0.5)
    assert fits("text or null", None)
