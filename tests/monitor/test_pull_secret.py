"""Exchange tables that tell of secret projects wherever they can. Rows are made up, expectations written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.exchange import portions as pages
from monitor.exchange.tables import CASES, PROCEDURES, PROJECTS, RECORDS
from monitor.intake import SecretList
from monitor.settings import now
from monitor.verbs.pulled import Pulled
from monitor.verbs.purge import purge
from tests.monitor.canonical_files import log_of, rows
from tests.monitor.exchange_tables import CASE, PROJECT, Front, front, record

SAID = ("机要楼", "选址意见", "机要员", "GSEC", "CSEC", "key-")
TEXTS = {"blyj": "选址意见", "blr": "机要员"}
MARKED = PROJECT | {"lsh": "key-1", "xmdm": "PSEC", "gcdm": "GSEC", "xmmc": "机要楼", "lxlx": "涉密"}


@pytest.fixture
def source(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """Exchange tables in the other kind of database than ours; P1 and its case are no secret."""
    with front("postgresql" if database_url.startswith("sqlite") else "sqlite", request, tmp_path) as one:
        yield one.make()


def said(database: Database, done: Pulled) -> list[str]:
    """What is told of the secret project, in the result or in any table."""
    told = json.dumps(done.document(), ensure_ascii=False) + "".join(map(str, done.refusals))
    told += "".join(map(str, rows(database, "SELECT file, content, reasons, lacks FROM refused_row")))
    told += json.dumps({name: [list(map(str, row)) for row in some] for name, some in log_of(database).items()})
    return [word for word in SAID if word in told or json.dumps(word)[1:-1] in told]


def secret_rows(source: Front) -> None:
    """Seven rows: of a project, of records and a procedure without a case that is told, and of a project without a
    code with its case and record."""
    source.add(PROJECTS, MARKED, MARKED | {"lsh": "key-2", "xmdm": None, "gcdm": "GSEC-X", "lxlx": "机密"})
    source.add(CASES, CASE | {"spsxslbm": "CSEC-X"})
    source.add(
        RECORDS,
        record("key-3", 3, "2026-03-04", case="CSEC", works="GSEC", **TEXTS),
        record("key-4", 3, "2026-03-04", works="GSEC", **TEXTS) | {"spsxslbm": None},
        record("key-5", 3, "2026-03-04", case="CSEC-X", works="GSEC-X", **TEXTS),
    )
    named = {"lsh": "key-6", "spsxslbm": "CSEC", "tbcx": 8, "tbcxmc": "机要员听证", "sjyxbs": 1}
    source.add(PROCEDURES, named | {"tbcxkssj": PROJECT["sbsj"]})


@pytest.mark.parametrize("options", [{"dry_run": True}, {"dry_run": True, "partial": True}, {}, {"partial": True}])
def test_whatever_names_a_secret_works_says_nothing(
    database: Database, source: Front, options: dict[str, bool]
) -> None:
    secret_rows(source)
    done = source.pull(database, **options)
    assert (done.secret, {(r.code, r.key) for r in done.refusals}) == (7, {("secret", "")})
    assert said(database, done) == []


def test_what_was_set_aside_before_is_forgotten(database: Database, source: Front) -> None:
    """The mark comes late: until then the records wait for their case, and the project for its code."""
    secret_rows(source)
    source.run(f"""UPDATE "{PROJECTS}" SET lxlx = NULL""")
    done = source.pull(database, partial=True)
    assert (done.secret, "选址意见" in said(database, done)) == (0, True)
    source.run(f"""UPDATE "{PROJECTS}" SET lxlx = '涉密' WHERE lsh = 'key-1'""")
    source.run(f"""UPDATE "{PROJECTS}" SET lxlx = '秘密' WHERE lsh = 'key-2'""")
    done = source.pull(database, partial=True, whole=True)
    assert (done.secret, done.known_secret) == (7, {2})
    kept = rows(database, "SELECT content, file, lacks, code FROM refused_row")
    assert set(kept) == {(None, "", None, "secret")}


@pytest.mark.parametrize("portion", [1, 500])
@pytest.mark.parametrize("works", ["GSEC", "G0"])  # after and before the works of P1 in their order
def test_a_case_of_two_works_brings_nothing_of_a_secret_one(
    database: Database, source: Front, monkeypatch: pytest.MonkeyPatch, works: str, portion: int
) -> None:
    """Another row of the project is the marked one; the case comes in once its records name no secret works."""
    monkeypatch.setattr(pages, "WORKS", portion)
    source.add(PROJECTS, MARKED, MARKED | {"lsh": "key-7", "gcdm": works, "lxlx": None})
    source.add(RECORDS, record("key-8", 8, "2026-03-05", works=works, **TEXTS))
    done = source.pull(database, partial=True)
    assert ({r.code for r in done.refusals}, log_of(database)["events"]) == ({"secret"}, [])
    assert said(database, done) == []
    source.run(f"""DELETE FROM "{RECORDS}" WHERE lsh = 'key-8'""")
    assert source.pull(database, partial=True, whole=True).counts["events"].added == 3


def test_a_secret_works_whose_code_is_that_of_a_project_makes_none_of_it_secret(
    database: Database, source: Front
) -> None:
    source.add(PROJECTS, PROJECT | {"lsh": "2", "xmdm": "P5", "gcdm": "G5"}, MARKED | {"gcdm": "P5"})
    done = source.pull(database, partial=True)
    assert (done.secret, done.counts["projects"].added, done.known_secret) == (1, 2, set())
    assert source.pull(database, partial=True, whole=True).secret == 1
    assert purge(database, SecretList(), by="张三", clock=now, only_count=True).projects == 0
