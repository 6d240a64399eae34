"""The acceptance slip and its query code: made, mistyped, replaced, withdrawn, kept nowhere."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.database import Database
from monitor.deeds import Verb
from monitor.intake import SecretList, read_secret_list
from monitor.reading.look_up import Told
from monitor.reading.viewer import EVERYONE, Viewer
from monitor.reports import slip as printed
from monitor.slips import ALPHABET, Slip, fits, keep, new_query_code, read_query_code
from monitor.text import use_language
from monitor.verbs.purge import purge
from monitor.verbs.slips import NoSuchProject, make_slip, slip_of, withdraw_slip
from tests.monitor.canonical_files import MOMENT, rows, small, take
from tests.monitor.commands import Run, refused
from tests.monitor.looked_up import LISTED, MARKED, MET, OPEN, PURGED, ask, look_up, province
from tests.monitor.peopling import everything_kept
from tests.monitor.trails import told

ZONE = ZoneInfo("Asia/Shanghai")
NONE = SecretList()


def test_a_query_code_has_54_bits_and_a_check_character() -> None:
    made = {new_query_code() for _ in range(500)}
    assert len(made) == 500
    assert {len(code.replace("-", "")) for code in made} == {12}
    assert set("".join(made)) <= {*ALPHABET, "-"}
    assert len(ALPHABET) ** 11 > 2**50
    assert not set(ALPHABET) & set("01ILOU")  # what looks like another one
    assert all(read_query_code(code) for code in made)


def test_what_was_mistyped_is_seen() -> None:
    plain = read_query_code(new_query_code())
    assert plain
    others = [plain[:at] + one + plain[at + 1 :] for at in range(12) for one in ALPHABET if one != plain[at]]
    others += [
        plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :] for at in range(11) if plain[at] != plain[at + 1]
    ]
    assert len(others) > 12 * 29
    assert [one for one in others if read_query_code(one) is not None] == []
    for one in (
        "",
        plain[:-1],
        plain + "2",
        plain[:-1] + "0",
        plain[:-1] + "É",
        "\x00" * 12,
        "x" * 100_000,
        "\ud800" * 12,
    ):
        assert read_query_code(one) is None
    for one in (plain.lower(), f" {plain[:4]} {plain[4:]}\n", "－".join(plain), plain.translate({ord("A"): "Ａ"})):
        assert read_query_code(one) == plain


def test_what_is_kept_fits_that_code_alone() -> None:
    one, other = new_query_code(), new_query_code()
    kept = keep(one)
    assert fits(kept, read_query_code(one))
    assert keep(one) != kept  # each with a salt of its own
    assert not fits(kept, read_query_code(other)) and not fits(kept, None) and not fits(None, read_query_code(one))
    assert not fits(None, None)


def test_a_new_code_takes_the_place_of_the_one_before(database: Database, tmp_path: Path) -> None:
    asking = look_up(database, province(database, tmp_path))
    first = make_slip(database, EVERYONE, NONE, OPEN.replace("-", ""), now=MOMENT)
    assert (first.project_code, first.replaced) == (OPEN, False)
    second = make_slip(database, EVERYONE, NONE, OPEN, now=MOMENT)
    assert second.replaced and slip_of(database, EVERYONE, NONE, OPEN).made_at == MOMENT
    assert ask(asking, typed=first.query_code) is None
    assert isinstance(ask(asking, typed=second.query_code), Told)
    assert withdraw_slip(database, EVERYONE, NONE, OPEN, now=MOMENT)
    assert not withdraw_slip(database, EVERYONE, NONE, OPEN, now=MOMENT)
    assert ask(asking, typed=second.query_code) is None
    entries = [one for one in told(database) if one.verb in (Verb.SLIP_MAKE, Verb.SLIP_WITHDRAW)]
    assert [one.verb for one in entries] == [Verb.SLIP_MAKE, Verb.SLIP_MAKE, Verb.SLIP_WITHDRAW]
    assert all(OPEN in str(one) for one in entries)
    kept = everything_kept(database)
    for slip in (first, second):
        assert slip.query_code not in kept and slip.query_code.replace("-", "") not in kept


def test_a_slip_is_made_of_what_whoever_asks_may_see(database: Database, tmp_path: Path) -> None:
    listed = read_secret_list(province(database, tmp_path))
    for viewer, code in (
        *((EVERYONE, code) for code in ("P0", LISTED, MARKED, MET, PURGED, "")),
        (Viewer("elsewhere", regions=("3302",)), OPEN),
        (Viewer("nobody", regions=()), OPEN),
    ):
        for deed in (make_slip, withdraw_slip):
            with pytest.raises(NoSuchProject):
                deed(database, viewer, listed, code, now=MOMENT)
    assert rows(database, "SELECT * FROM slip_code") == []
    assert make_slip(database, Viewer("here", regions=("3301",)), listed, OPEN, now=MOMENT).query_code


def test_a_purge_takes_the_code_along(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "in"))
    make_slip(database, EVERYONE, NONE, "P1", now=MOMENT)
    (tmp_path / "secret.txt").write_text("P1\n", "utf-8")
    purge(database, read_secret_list(tmp_path / "secret.txt"), by="made up", clock=lambda: MOMENT)
    assert rows(database, "SELECT * FROM slip_code") == []
    (made,) = [one for one in told(database) if one.verb == Verb.SLIP_MAKE]
    assert "P1" not in str(made)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_slip_says_what_is_needed(language: str) -> None:
    made = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)  # the 21st in the office
    slip = Slip(OPEN, "<b>厂房</b>", "7KQ4-M2XW-9TPA", made, False, "https://made.up/status", "某委")
    with use_language(language):
        page, text = printed.html(slip, ZONE), printed.text(slip, ZONE)
    for whole in (page, text):
        for part in (OPEN, "7KQ4-M2XW-9TPA", "2026-11-21", "https://made.up/status", "某委"):
            assert part in whole
    assert "&lt;b&gt;厂房" in page and "<b>" not in page and "<script" not in page
    assert ("本查询不作为认定行政许可期限的依据" in text) == (language == "zh_CN")
    assert "//" not in page.replace("https://made.up/status", "")


def test_the_command(run: Run, database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "in"))
    refused(run("slip", "P9"), "P9", "not known")
    told_: Any = run("slip", "p1", "--json", MONITOR_PUBLIC_URL="https://made.up/approval").document
    assert (told_["project_code"], told_["name"], told_["ended_another"]) == ("P1", "厂房", False)
    assert told_["address"] == "https://made.up/approval/status" and told_["out"] is None
    assert read_query_code(told_["query_code"])
    shown = run("slip", "P1")
    assert "MONITOR_PUBLIC_URL" in shown.err and "holds no more" in shown.err
    for name in ("slip.html", "slip.txt"):
        done = run("slip", "P1", "--out", name, "--json").document
        text = (tmp_path / name).read_text("utf-8")
        assert done["query_code"] in text
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    kept = rows(database, "SELECT digest FROM slip_code")
    refused(run("slip", "P1", "--out", "slip.txt"), "slip.txt")
    refused(run("slip", "P1", "--out", "nowhere/slip.txt"), "nowhere")
    refused(run("slip", "P1", "--out", "slip.pdf"), ".html", code=2)
    refused(run("slip", "P9", "--out", "other.txt"), "P9")
    assert not (tmp_path / "other.txt").exists()
    assert rows(database, "SELECT digest FROM slip_code") == kept
    assert run("slip", "P1", "--withdraw", "--json").document["ended_another"] is True
    assert "no query code" in run("slip", "P1", "--withdraw").err
    logged = "".join(file.read_text("utf-8") for file in (tmp_path / "logs").glob("*"))
    assert done["query_code"] not in logged
    assert json.dumps(told_["query_code"]) not in everything_kept(database)
